/* What the host's files share: each gives QuickJS one small module, and none of their functions ever blocks the loop. */
#ifndef PORCHLIGHT_HOST_H
#define PORCHLIGHT_HOST_H

#include "quickjs.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))
#define FUNCTION(name) static JSValue name(JSContext *c, JSValueConst self, int argc, JSValueConst *argv)

/* The modules' names, with the engine's own under names of ours, so that none is taken for one of Node's. */
#define HOST_MODULES(each) \
  each("host:process", process_exports) \
  each("host:text", text_exports) \
  each("host:signals", signals_exports) \
  each("host:children", children_exports) \
  each("host:files", files_exports) \
  each("host:sockets", sockets_exports) \
  each("host:resolver", resolver_exports) \
  each("host:netlink", netlink_exports) \
  each("host:tls", tls_exports)

struct exports {
  const JSCFunctionListEntry *list;
  int length;
  /* Called once, when the module is first imported; 0 where there is nothing to do. Below 0: an exception is pending. */
  int (*begin)(JSContext *c);
};

#define DECLARE(name, table) extern const struct exports table;
HOST_MODULES(DECLARE)
#undef DECLARE

/* What (buffer, offset, length) in `argv` name; 0 with an exception when there is no such part. */
uint8_t *part_of(JSContext *c, JSValueConst *argv, size_t *length);

#endif
