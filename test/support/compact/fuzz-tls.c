/*
 * Gives the agent's TLS client what a server said once, and then with mistakes in it: nothing may happen but an error.
 *   fuzz-tls record PORT CA FILE              talks to a server on loopback and keeps what it says
 *   fuzz-tls replay CA FILE ROUNDS SEED
 * Chance and time stand still, so that a recorded answer is a right one in every round.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "certificate-dates.h"
#include "certificates.h"
#include "mbedtls/ctr_drbg.h"
#include "mbedtls/entropy.h"
#include "mbedtls/ssl.h"
#include "psa/crypto.h"

enum { MOST_BYTES = 1 << 16, MOST_MISTAKES = 8 };

struct wire {
  int fd; /* below 0: what was recorded */
  unsigned char bytes[MOST_BYTES];
  size_t length, at;
};

static mbedtls_x509_crt authorities;
static uint64_t chance;

static uint32_t draw(uint32_t below)
{
  chance ^= chance << 13;
  chance ^= chance >> 7;
  chance ^= chance << 17;
  return (uint32_t)(chance >> 11) % below;
}

/* The day after the test's certificates were made is told by the test. */
time_t __wrap_time(time_t *at)
{
  time_t now = (time_t)atoll(getenv("FUZZ_NOW"));
  if (at) *at = now;
  return now;
}

int __wrap_mbedtls_entropy_func(void *unused, unsigned char *into, size_t length)
{
  (void)unused;
  for (size_t i = 0; i < length; i++) into[i] = (unsigned char)(i * 167 + 13);
  return 0;
}

static int take(void *from, unsigned char *into, size_t length)
{
  struct wire *wire = from;
  if (wire->fd >= 0) {
    ssize_t count = wire->length + length > MOST_BYTES ? 0 : recv(wire->fd, into, length, 0);
    if (count <= 0) return MBEDTLS_ERR_SSL_CONN_EOF;
    memcpy(wire->bytes + wire->length, into, (size_t)count);
    wire->length += (size_t)count;
    return (int)count;
  }
  size_t left = wire->length - wire->at, count = left < length ? left : length;
  if (!count) return MBEDTLS_ERR_SSL_CONN_EOF;
  memcpy(into, wire->bytes + wire->at, count);
  wire->at += count;
  return (int)count;
}

static int give(void *to, const unsigned char *bytes, size_t length)
{
  struct wire *wire = to;
  return wire->fd < 0 ? (int)length : (int)send(wire->fd, bytes, length, MSG_NOSIGNAL);
}

/* With the settings of host/tls.c. */
static void prepare(mbedtls_ssl_config *settings, mbedtls_ctr_drbg_context *generator, mbedtls_entropy_context *entropy)
{
  int error = mbedtls_ctr_drbg_seed(generator, mbedtls_entropy_func, entropy, 0, 0);
  if (!error) error = (int)psa_crypto_init();
  if (!error) error = mbedtls_ssl_config_defaults(settings, MBEDTLS_SSL_IS_CLIENT, MBEDTLS_SSL_TRANSPORT_STREAM,
                                                  MBEDTLS_SSL_PRESET_DEFAULT);
  if (error) exit(2);
  mbedtls_ssl_conf_rng(settings, mbedtls_ctr_drbg_random, generator);
  mbedtls_ssl_conf_authmode(settings, MBEDTLS_SSL_VERIFY_REQUIRED);
  mbedtls_ssl_conf_ca_chain(settings, &authorities, 0);
}

/* One session, up to the end of what the server says; 1 when the server was believed. */
static int talk(struct wire *wire)
{
  mbedtls_entropy_context entropy;
  mbedtls_ctr_drbg_context generator;
  mbedtls_ssl_config settings;
  mbedtls_ssl_context ssl;
  struct certificate_dates dates = { .released = 1700000000, .until = INT64_MAX };
  unsigned char some[512];
  mbedtls_psa_crypto_free();
  mbedtls_entropy_init(&entropy);
  mbedtls_ctr_drbg_init(&generator);
  mbedtls_ssl_config_init(&settings);
  mbedtls_ssl_init(&ssl);
  prepare(&settings, &generator, &entropy);
  if (mbedtls_ssl_setup(&ssl, &settings) || mbedtls_ssl_set_hostname(&ssl, "localhost")) exit(2);
  mbedtls_ssl_set_verify(&ssl, check_dates, &dates);
  mbedtls_ssl_set_bio(&ssl, wire, give, take, 0);
  int is_believed = mbedtls_ssl_handshake(&ssl) == 0, count = is_believed;
  while (count > 0 || count == MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET)
    count = mbedtls_ssl_read(&ssl, some, sizeof some);
  mbedtls_ssl_free(&ssl);
  mbedtls_ssl_config_free(&settings);
  mbedtls_ctr_drbg_free(&generator);
  mbedtls_entropy_free(&entropy);
  return is_believed;
}

static void make_mistake(struct wire *wire)
{
  uint32_t length = (uint32_t)wire->length, at = draw(length), some = 1 + draw(16), kind = draw(5);
  if (at + some > length) some = length - at;
  if (kind == 0) wire->bytes[at] ^= (unsigned char)(1u << draw(8));
  if (kind == 1) wire->bytes[at] = (unsigned char)draw(256);
  if (kind == 2) memset(wire->bytes + at, draw(2) ? 0xff : 0, some);
  if (kind == 3 && length > some) {
    memmove(wire->bytes + at, wire->bytes + at + some, length - at - some);
    wire->length -= some;
  }
  if (kind == 4 && length + some <= MOST_BYTES) {
    memmove(wire->bytes + at + some, wire->bytes + at, length - at);
    wire->length += some;
  }
}

static void read_authorities(const char *name)
{
  static char text[MOST_BYTES];
  FILE *file = fopen(name, "r");
  if (!file || !fread(text, 1, sizeof text - 1, file) || read_certificates(text, &authorities)) exit(2);
  fclose(file);
}

static int record(int port, const char *name)
{
  static struct wire wire;
  struct sockaddr_in server = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
  server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  wire.fd = socket(AF_INET, SOCK_STREAM, 0);
  if (connect(wire.fd, (struct sockaddr *)&server, sizeof server)) return 2;
  int is_believed = talk(&wire);
  close(wire.fd);
  FILE *file = fopen(name, "w");
  if (!file || fwrite(wire.bytes, 1, wire.length, file) != wire.length) return 2;
  fclose(file);
  printf("recorded %zu bytes\n", wire.length);
  return is_believed ? 0 : 1;
}

static int replay(const char *name, long rounds, long seed)
{
  static struct wire right, wrong;
  FILE *file = fopen(name, "r");
  if (!file) return 2;
  right.length = fread(right.bytes, 1, MOST_BYTES, file);
  right.fd = -1;
  fclose(file);
  wrong = right;
  if (!talk(&wrong)) {
    puts("the recorded answer is not believed: chance or time did not stand still");
    return 1;
  }
  long believed = 0;
  for (long round = 0; round < rounds; round++) {
    chance = 0x9e3779b97f4a7c15ull * (uint64_t)(seed + round + 1);
    wrong = right;
    for (uint32_t left = 1 + draw(MOST_MISTAKES); left > 0; left--) make_mistake(&wrong);
    believed += talk(&wrong);
  }
  printf("%ld rounds, %ld of them believed\n", rounds, believed);
  return 0;
}

int main(int argc, char **argv)
{
  int is_recording = argc == 5 && !strcmp(argv[1], "record");
  if (!is_recording && (argc != 6 || strcmp(argv[1], "replay"))) return 2;
  mbedtls_x509_crt_init(&authorities);
  read_authorities(argv[is_recording ? 3 : 2]);
  int result = is_recording ? record(atoi(argv[2]), argv[4]) : replay(argv[3], atol(argv[4]), atol(argv[5]));
  mbedtls_x509_crt_free(&authorities);
  mbedtls_psa_crypto_free();
  return result;
}
