/* The digests of OpenSSL. */
#include <openssl/evp.h>
