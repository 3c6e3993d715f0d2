/* expat, the XML parser. */
#include <expat.h>
