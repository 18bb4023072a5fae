/* host:netlink: a socket to the kernel's list of links and addresses; what goes over it is written and read by the program. */
#include <errno.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

#include "host.h"

/* rtnetlink(7); the kernel's headers are not at hand where the C library is musl alone. */
struct netlink_address { sa_family_t family; uint16_t padding; uint32_t port, groups; };
enum { ROUTE = 0, LINK_CHANGES = 1, IPV4_CHANGES = 0x10, IPV6_CHANGES = 0x100 };

/* open(isMonitor): a descriptor that takes requests, or one that tells every change; or -errno. */
FUNCTION(open_netlink)
{
  int is_monitor = JS_ToBool(c, argv[0]);
  struct netlink_address own = { .family = AF_NETLINK };
  int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | (is_monitor ? SOCK_NONBLOCK : 0), ROUTE);
  if (fd < 0) return JS_NewInt32(c, -errno);
  if (is_monitor) own.groups = LINK_CHANGES | IPV4_CHANGES | IPV6_CHANGES;
  if (!bind(fd, (struct sockaddr *)&own, sizeof own)) return JS_NewInt32(c, fd);
  int failure = errno;
  close(fd);
  return JS_NewInt32(c, -failure);
}

static const JSCFunctionListEntry list[] = { JS_CFUNC_DEF("open", 1, open_netlink) };

const struct exports netlink_exports = { list, COUNT(list), 0 };
