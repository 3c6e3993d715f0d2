/* c-ares, the asynchronous resolver, and those of its codes that matter: macros or an enum, as its version will have it. */
#include <ares.h>

static const int ccares_success = ARES_SUCCESS;
static const int ccares_no_data = ARES_ENODATA;
static const int ccares_not_found = ARES_ENOTFOUND;
static const int ccares_bad_name = ARES_EBADNAME;
static const int ccares_refused_connection = ARES_ECONNREFUSED;
static const int ccares_timeout = ARES_ETIMEOUT;
