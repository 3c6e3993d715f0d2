/* Linux calls that Glibc's module leaves out. */
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>

/* getdents64(2): fills the buffer with records of the directory's entries; returns how many bytes. */
static inline long clinux_getdents64(int descriptor, void *buffer, size_t size) {
  return syscall(SYS_getdents64, descriptor, buffer, size);
}
