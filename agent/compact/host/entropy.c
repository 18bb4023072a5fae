/* Where Mbed TLS has its randomness from: the kernel, once that has enough, and without a file that may be missing. */
#include <errno.h>
#include <stddef.h>
#include <sys/random.h>

#include "mbedtls/entropy.h"

int mbedtls_hardware_poll(void *unused, unsigned char *into, size_t length, size_t *filled)
{
  (void)unused;
  for (*filled = 0; *filled < length;) {
    ssize_t got = getrandom(into + *filled, length - *filled, 0);
    if (got < 0 && errno != EINTR) return MBEDTLS_ERR_ENTROPY_SOURCE_FAILED;
    if (got > 0) *filled += (size_t)got;
  }
  return 0;
}
