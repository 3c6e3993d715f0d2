/* Linux calls that Glibc's module leaves out. */
#include <sys/epoll.h>
#include <sys/eventfd.h>
