#include "certificates.h"

#include <string.h>

#include "mbedtls/oid.h"
#include "mbedtls/pem.h"

#define BEGIN "-----BEGIN CERTIFICATE-----"
#define END "-----END CERTIFICATE-----"

static const char NAME_CONSTRAINTS[] = MBEDTLS_OID_ID_CE "\x1e";

/*
 * RFC 5280 §6.2 leaves to us what an authority of our own file may sign for. The agent asks for one name, which it was
 * told by the same hand, so that an authority's limit to some names changes nothing; every other critical demand counts.
 */
static int accept_extension(void *unused, const mbedtls_x509_crt *certificate, const mbedtls_x509_buf *oid, int is_critical,
                            const unsigned char *from, const unsigned char *end)
{
  (void)unused, (void)certificate, (void)is_critical, (void)from, (void)end;
  int is_known = oid->len == sizeof NAME_CONSTRAINTS - 1 && !memcmp(oid->p, NAME_CONSTRAINTS, oid->len);
  return is_known ? 0 : MBEDTLS_ERR_X509_FEATURE_UNAVAILABLE;
}

int read_certificates(const char *pem, mbedtls_x509_crt *into)
{
  int failure = MBEDTLS_ERR_X509_CERT_UNKNOWN_FORMAT, count = 0;
  for (const char *at = pem; (at = strstr(at, BEGIN));) {
    mbedtls_pem_context block;
    size_t used = 0;
    mbedtls_pem_init(&block);
    int error = mbedtls_pem_read_buffer(&block, BEGIN, END, (const unsigned char *)at, 0, 0, &used);
    size_t length = 0;
    const unsigned char *bytes = error ? 0 : mbedtls_pem_get_buffer(&block, &length);
    if (!error) error = mbedtls_x509_crt_parse_der_with_ext_cb(into, bytes, length, 1, accept_extension, 0);
    mbedtls_pem_free(&block);
    if (error) failure = error;
    else count++;
    /* a system's own collection may have some that are not understood */
    at += used ? used : sizeof BEGIN - 1;
  }
  return count > 0 ? 0 : failure;
}
