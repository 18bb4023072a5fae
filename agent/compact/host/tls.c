/* host:tls: TLS 1.2 and 1.3 over a connected socket, for a client that verifies the server's certificate and name. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "certificate-dates.h"
#include "certificates.h"
#include "host.h"
#include "mbedtls/ctr_drbg.h"
#include "mbedtls/entropy.h"
#include "mbedtls/error.h"
#include "mbedtls/ssl.h"
#include "psa/crypto.h"

enum { WANT_READ = -1, WANT_WRITE = -2 };

/* Authorities, and a certificate of our own where the gateway asks for one; as long as somebody uses them. */
struct trust {
  int uses;
  mbedtls_x509_crt authorities, own;
  mbedtls_pk_context key;
  mbedtls_ssl_config settings;
};

struct session {
  mbedtls_ssl_context ssl;
  struct trust *trust;
  struct certificate_dates dates;
  int fd;
};

static mbedtls_entropy_context entropy;
static mbedtls_ctr_drbg_context generator;
static JSClassID trust_class, session_class;

static void let_go(struct trust *trust)
{
  if (!trust || --trust->uses > 0) return;
  mbedtls_ssl_config_free(&trust->settings);
  mbedtls_x509_crt_free(&trust->authorities);
  mbedtls_x509_crt_free(&trust->own);
  mbedtls_pk_free(&trust->key);
  free(trust);
}

static void end_session(struct session *session)
{
  if (!session) return;
  mbedtls_ssl_free(&session->ssl);
  let_go(session->trust);
  free(session);
}

static void finalize_trust(JSRuntime *rt, JSValue value) { let_go(JS_GetOpaque(value, trust_class)); }
static void finalize_session(JSRuntime *rt, JSValue value) { end_session(JS_GetOpaque(value, session_class)); }

static JSValue failed(JSContext *c, const char *what, int error, uint32_t flags)
{
  char why[200] = "";
  if (flags && flags != UINT32_MAX) mbedtls_x509_crt_verify_info(why, sizeof why, "", flags);
  else mbedtls_strerror(error, why, sizeof why);
  for (char *p = why; *p; p++)
    if (*p == '\n') *p = p[1] ? ';' : 0;
  return JS_ThrowInternalError(c, "%s: %s (-0x%04x)", what, why, (unsigned)-error);
}

static int send_some(void *fd, const unsigned char *bytes, size_t length)
{
  ssize_t sent = send(*(int *)fd, bytes, length, MSG_NOSIGNAL);
  if (sent >= 0) return (int)sent;
  return errno == EAGAIN || errno == EINTR ? MBEDTLS_ERR_SSL_WANT_WRITE : MBEDTLS_ERR_SSL_CONN_EOF;
}

static int receive_some(void *fd, unsigned char *bytes, size_t length)
{
  ssize_t received = recv(*(int *)fd, bytes, length, 0);
  if (received >= 0) return (int)received;
  return errno == EAGAIN || errno == EINTR ? MBEDTLS_ERR_SSL_WANT_READ : MBEDTLS_ERR_SSL_CONN_EOF;
}

static int read_pem(JSContext *c, JSValueConst text, mbedtls_x509_crt *into)
{
  const char *pem = JS_ToCString(c, text);
  int error = pem ? read_certificates(pem, into) : MBEDTLS_ERR_X509_ALLOC_FAILED;
  JS_FreeCString(c, pem);
  return error;
}

static int read_key(JSContext *c, JSValueConst text, mbedtls_pk_context *into)
{
  size_t length;
  const char *pem = JS_ToCStringLen(c, &length, text);
  if (!pem) return MBEDTLS_ERR_PK_ALLOC_FAILED;
  int result = mbedtls_pk_parse_key(into, (const unsigned char *)pem, length + 1, 0, 0, mbedtls_ctr_drbg_random,
                                    &generator);
  JS_FreeCString(c, pem);
  return result;
}

static const char *fill(JSContext *c, struct trust *trust, JSValueConst *argv, int *error)
{
  mbedtls_ssl_config *settings = &trust->settings;
  *error = mbedtls_ssl_config_defaults(settings, MBEDTLS_SSL_IS_CLIENT, MBEDTLS_SSL_TRANSPORT_STREAM,
                                       MBEDTLS_SSL_PRESET_DEFAULT);
  if (*error) return "TLS settings";
  mbedtls_ssl_conf_rng(settings, mbedtls_ctr_drbg_random, &generator);
  mbedtls_ssl_conf_authmode(settings, MBEDTLS_SSL_VERIFY_REQUIRED);
  if ((*error = read_pem(c, argv[0], &trust->authorities))) return "the authorities' certificates";
  mbedtls_ssl_conf_ca_chain(settings, &trust->authorities, 0);
  if (JS_IsNull(argv[1])) return 0;
  if ((*error = read_pem(c, argv[1], &trust->own))) return "the client's certificate";
  if ((*error = read_key(c, argv[2], &trust->key))) return "the client's key";
  *error = mbedtls_pk_check_pair(&trust->own.pk, &trust->key, mbedtls_ctr_drbg_random, &generator);
  if (!*error) *error = mbedtls_ssl_conf_own_cert(settings, &trust->own, &trust->key);
  return *error ? "the client's certificate and key" : 0;
}

/* trust(authorities, own certificate or null, its key or null), all of them PEM. */
FUNCTION(new_trust)
{
  int error = MBEDTLS_ERR_SSL_ALLOC_FAILED;
  struct trust *trust = calloc(1, sizeof *trust);
  if (!trust) return failed(c, "TLS settings", error, 0);
  trust->uses = 1;
  mbedtls_ssl_config_init(&trust->settings);
  mbedtls_x509_crt_init(&trust->authorities);
  mbedtls_x509_crt_init(&trust->own);
  mbedtls_pk_init(&trust->key);
  const char *what = fill(c, trust, argv, &error);
  if (what) {
    let_go(trust);
    return failed(c, what, error, 0);
  }
  JSValue value = JS_NewObjectClass(c, (int)trust_class);
  if (JS_IsException(value)) let_go(trust);
  else JS_SetOpaque(value, trust);
  return value;
}

static int begin(struct session *session, const char *name)
{
  mbedtls_ssl_set_bio(&session->ssl, &session->fd, send_some, receive_some, 0);
  mbedtls_ssl_set_verify(&session->ssl, check_dates, &session->dates);
  int error = mbedtls_ssl_setup(&session->ssl, &session->trust->settings);
  return error ? error : mbedtls_ssl_set_hostname(&session->ssl, name);
}

/* open(trust, descriptor, name, second of the release): a session, whose handshake is still to be made. */
FUNCTION(open_session)
{
  struct trust *trust = JS_GetOpaque2(c, argv[0], trust_class);
  const char *name = JS_ToCString(c, argv[2]);
  struct session *session = trust && name ? calloc(1, sizeof *session) : 0;
  int64_t released;
  if (!session || JS_ToInt32(c, &session->fd, argv[1]) || JS_ToInt64(c, &released, argv[3])) {
    free(session);
    JS_FreeCString(c, name);
    return trust && name ? JS_ThrowOutOfMemory(c) : JS_EXCEPTION;
  }
  session->trust = trust;
  trust->uses++;
  session->dates = (struct certificate_dates){ .released = released, .until = INT64_MAX };
  mbedtls_ssl_init(&session->ssl);
  int error = begin(session, name);
  JS_FreeCString(c, name);
  JSValue value = error ? failed(c, "TLS", error, 0) : JS_NewObjectClass(c, (int)session_class);
  if (JS_IsException(value)) end_session(session);
  else JS_SetOpaque(value, session);
  return value;
}

static JSValue outcome(JSContext *c, struct session *session, const char *what, int result)
{
  uint32_t flags = 0;
  if (result == MBEDTLS_ERR_SSL_WANT_READ) return JS_NewInt32(c, WANT_READ);
  if (result == MBEDTLS_ERR_SSL_WANT_WRITE) return JS_NewInt32(c, WANT_WRITE);
  if (result >= 0) return JS_NewInt32(c, result);
  if (result == MBEDTLS_ERR_X509_CERT_VERIFY_FAILED) flags = mbedtls_ssl_get_verify_result(&session->ssl);
  return failed(c, flags ? "the gateway's certificate" : what, result, flags);
}

/* handshake(session): 0 when it is done. */
FUNCTION(handshake)
{
  struct session *session = JS_GetOpaque2(c, argv[0], session_class);
  return session ? outcome(c, session, "TLS handshake", mbedtls_ssl_handshake(&session->ssl)) : JS_EXCEPTION;
}

/* dates(session): [first, last] second in which every certificate of the chain is valid. */
FUNCTION(dates)
{
  struct session *session = JS_GetOpaque2(c, argv[0], session_class);
  if (!session) return JS_EXCEPTION;
  JSValue pair = JS_NewArray(c);
  JS_SetPropertyUint32(c, pair, 0, JS_NewInt64(c, session->dates.from));
  JS_SetPropertyUint32(c, pair, 1, JS_NewInt64(c, session->dates.until));
  return pair;
}

/* read(session, buffer, offset, length): how many bytes came; 0 at the end of the connection. */
FUNCTION(read_some)
{
  size_t length;
  struct session *session = JS_GetOpaque2(c, argv[0], session_class);
  uint8_t *into = session ? part_of(c, argv + 1, &length) : 0;
  if (!into) return JS_EXCEPTION;
  int result;
  do result = mbedtls_ssl_read(&session->ssl, into, length);
  while (result == MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET);
  if (result == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY || result == MBEDTLS_ERR_SSL_CONN_EOF) result = 0;
  return outcome(c, session, "TLS read", result);
}

/* write(session, buffer, offset, length): how many bytes were taken. */
FUNCTION(write_some)
{
  size_t length;
  struct session *session = JS_GetOpaque2(c, argv[0], session_class);
  uint8_t *from = session ? part_of(c, argv + 1, &length) : 0;
  return from ? outcome(c, session, "TLS write", mbedtls_ssl_write(&session->ssl, from, length)) : JS_EXCEPTION;
}

/* finish(session): tells the other side that nothing more comes, if that can be said at once. */
FUNCTION(finish)
{
  struct session *session = JS_GetOpaque2(c, argv[0], session_class);
  if (!session) return JS_EXCEPTION;
  mbedtls_ssl_close_notify(&session->ssl);
  return JS_UNDEFINED;
}

/* close(session): gives the memory back now, not at the next collection. */
FUNCTION(close_session)
{
  struct session *session = JS_GetOpaque2(c, argv[0], session_class);
  if (!session) return JS_EXCEPTION;
  JS_SetOpaque(argv[0], 0);
  end_session(session);
  return JS_UNDEFINED;
}

static const JSCFunctionListEntry list[] = {
  JS_CFUNC_DEF("trust", 3, new_trust),
  JS_CFUNC_DEF("open", 4, open_session),
  JS_CFUNC_DEF("handshake", 1, handshake),
  JS_CFUNC_DEF("dates", 1, dates),
  JS_CFUNC_DEF("read", 4, read_some),
  JS_CFUNC_DEF("write", 4, write_some),
  JS_CFUNC_DEF("finish", 1, finish),
  JS_CFUNC_DEF("close", 1, close_session),
  JS_PROP_INT32_DEF("WANT_READ", WANT_READ, 0),
  JS_PROP_INT32_DEF("WANT_WRITE", WANT_WRITE, 0),
};

static const JSClassDef trust_definition = { "TlsTrust", .finalizer = finalize_trust };
static const JSClassDef session_definition = { "TlsSession", .finalizer = finalize_session };

static int begin_tls(JSContext *c)
{
  JS_NewClassID(&trust_class);
  JS_NewClassID(&session_class);
  if (JS_NewClass(JS_GetRuntime(c), trust_class, &trust_definition)) return -1;
  if (JS_NewClass(JS_GetRuntime(c), session_class, &session_definition)) return -1;
  mbedtls_entropy_init(&entropy);
  mbedtls_ctr_drbg_init(&generator);
  int error = mbedtls_ctr_drbg_seed(&generator, mbedtls_entropy_func, &entropy, 0, 0);
  if (!error && psa_crypto_init() != PSA_SUCCESS) error = MBEDTLS_ERR_SSL_HW_ACCEL_FAILED;
  if (error) failed(c, "TLS", error, 0);
  return error ? -1 : 0;
}

const struct exports tls_exports = { list, COUNT(list), begin_tls };
