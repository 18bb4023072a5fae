/* Certificates and keys from the PEM text of the agent's own files. */
#ifndef PORCHLIGHT_CERTIFICATES_H
#define PORCHLIGHT_CERTIFICATES_H

#include "mbedtls/x509_crt.h"

/* Appends every certificate of the text that can be read; 0, or why there is none. */
int read_certificates(const char *pem, mbedtls_x509_crt *into);

#endif
