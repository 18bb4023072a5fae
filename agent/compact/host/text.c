/* host:text: UTF-8 in and out, for lease files may be large and the engine is slow at bytes. */
#include "host.h"

/* encode(text): an ArrayBuffer. */
FUNCTION(encode)
{
  size_t length;
  const char *text = JS_ToCStringLen(c, &length, argv[0]);
  if (!text) return JS_EXCEPTION;
  JSValue bytes = JS_NewArrayBufferCopy(c, (const uint8_t *)text, length);
  JS_FreeCString(c, text);
  return bytes;
}

/* decode(buffer, offset, length): what is no UTF-8 becomes U+FFFD. */
FUNCTION(decode)
{
  size_t length;
  uint8_t *bytes = part_of(c, argv, &length);
  return bytes ? JS_NewStringLen(c, (const char *)bytes, length) : JS_EXCEPTION;
}

uint8_t *part_of(JSContext *c, JSValueConst *argv, size_t *length)
{
  size_t size;
  int64_t offset, wanted;
  uint8_t *bytes = JS_GetArrayBuffer(c, &size, argv[0]);
  if (!bytes || JS_ToInt64(c, &offset, argv[1]) || JS_ToInt64(c, &wanted, argv[2])) return 0;
  if (offset < 0 || wanted < 0 || offset > (int64_t)size || wanted > (int64_t)size - offset) {
    JS_ThrowRangeError(c, "outside the buffer");
    return 0;
  }
  *length = (size_t)wanted;
  return bytes + offset;
}

static const JSCFunctionListEntry list[] = {
  JS_CFUNC_DEF("encode", 1, encode),
  JS_CFUNC_DEF("decode", 3, decode),
};

const struct exports text_exports = { list, COUNT(list), 0 };
