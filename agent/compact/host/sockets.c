/* host:sockets: TCP connections that never block. */
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "host.h"

#define IS_NUMERIC { .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV }

/* Numbers only: getaddrinfo() then asks nobody. */
static int bind_to(int fd, const char *own)
{
  struct addrinfo hint = IS_NUMERIC, *found = 0;
  if (getaddrinfo(own, "0", &hint, &found)) return EINVAL;
  /* the port is chosen at connect(), so that one port serves many destinations */
  setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &(int){ 1 }, sizeof(int));
  int failure = bind(fd, found->ai_addr, found->ai_addrlen) ? errno : 0;
  freeaddrinfo(found);
  return failure;
}

static int begin_connection(const struct addrinfo *to, const char *own)
{
  int fd = socket(to->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return -errno;
  /* else small TLS records wait 40 ms each */
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof(int));
  int failure = own ? bind_to(fd, own) : 0;
  if (!failure && connect(fd, to->ai_addr, to->ai_addrlen) && errno != EINPROGRESS) failure = errno;
  if (!failure) return fd;
  close(fd);
  return -failure;
}

/* connect(address, port, own address or null): a descriptor that is writable when the attempt is over, or -errno. */
FUNCTION(connect_to)
{
  struct addrinfo hint = IS_NUMERIC, *to = 0;
  const char *address = JS_ToCString(c, argv[0]), *port = JS_ToCString(c, argv[1]);
  const char *own = JS_IsNull(argv[2]) ? NULL : JS_ToCString(c, argv[2]);
  int fd = -EINVAL;
  if (address && port && !getaddrinfo(address, port, &hint, &to)) {
    fd = begin_connection(to, own);
    freeaddrinfo(to);
  }
  JS_FreeCString(c, address);
  JS_FreeCString(c, port);
  JS_FreeCString(c, own);
  return JS_NewInt32(c, fd);
}

/* error(fd): how the attempt ended, 0 for well. */
FUNCTION(error_of)
{
  int fd, error = 0;
  socklen_t size = sizeof error;
  if (JS_ToInt32(c, &fd, argv[0])) return JS_EXCEPTION;
  if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size)) error = errno;
  return JS_NewInt32(c, error);
}

/* ownAddress(fd): the address that a connection comes from, or null. */
FUNCTION(own_address)
{
  int fd;
  struct sockaddr_storage own;
  socklen_t size = sizeof own;
  char text[64];
  if (JS_ToInt32(c, &fd, argv[0])) return JS_EXCEPTION;
  if (getsockname(fd, (struct sockaddr *)&own, &size)) return JS_NULL;
  if (getnameinfo((struct sockaddr *)&own, size, text, sizeof text, 0, 0, NI_NUMERICHOST)) return JS_NULL;
  return JS_NewString(c, text);
}

/* finish(fd): nothing more is sent; what the other side still says can be read. */
FUNCTION(finish)
{
  int fd;
  if (JS_ToInt32(c, &fd, argv[0])) return JS_EXCEPTION;
  shutdown(fd, SHUT_WR);
  return JS_UNDEFINED;
}

static const JSCFunctionListEntry list[] = {
  JS_CFUNC_DEF("connect", 3, connect_to),
  JS_CFUNC_DEF("error", 1, error_of),
  JS_CFUNC_DEF("ownAddress", 1, own_address),
  JS_CFUNC_DEF("finish", 1, finish),
};

const struct exports sockets_exports = { list, COUNT(list), 0 };
