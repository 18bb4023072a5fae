/* When certificates count as valid on a machine that may not know yet what time it is. */
#ifndef PORCHLIGHT_CERTIFICATE_DATES_H
#define PORCHLIGHT_CERTIFICATE_DATES_H

#include <stdint.h>

#include "mbedtls/x509_crt.h"

/* All in seconds since 1970. */
struct certificate_dates {
  int64_t released; /* of this program; a clock that is behind this is wrong */
  int64_t from, until; /* what all certificates of the chain have in common */
};

/* A callback for mbedtls_ssl_set_verify(): forgives "not yet valid" to a clock that is wrong, and nothing else. */
int check_dates(void *dates, mbedtls_x509_crt *certificate, int depth, uint32_t *flags);

#endif
