/* Starts the engine, gives it the host's modules, and runs the program, which was compiled to bytecode. */
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "host.h"
#include "quickjs-libc.h"

extern const uint8_t program[];
extern const uint32_t program_size;

static const struct { const char *name; const struct exports *exports; } modules[] = {
#define ENTRY(name, table) { name, &table },
  HOST_MODULES(ENTRY)
#undef ENTRY
};

static int begin_module(JSContext *c, JSModuleDef *module)
{
  const char *name = JS_AtomToCString(c, JS_GetModuleName(c, module));
  int result = -1;
  for (size_t i = 0; name && i < COUNT(modules); i++) {
    const struct exports *exports = modules[i].exports;
    if (strcmp(name, modules[i].name)) continue;
    if (!exports->begin || exports->begin(c) >= 0)
      result = JS_SetModuleExportList(c, module, exports->list, exports->length);
  }
  JS_FreeCString(c, name);
  return result;
}

static int add_modules(JSContext *c)
{
  if (!js_init_module_std(c, "host:std") || !js_init_module_os(c, "host:os")) return -1;
  for (size_t i = 0; i < COUNT(modules); i++) {
    const struct exports *exports = modules[i].exports;
    JSModuleDef *module = JS_NewCModule(c, modules[i].name, begin_module);
    if (!module || JS_AddModuleExportList(c, module, exports->list, exports->length)) return -1;
  }
  return 0;
}

/* The engine has copied what it needs of the bytecode: 200 KB less are resident. */
static void forget_bytecode(void)
{
  uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), from = ((uintptr_t)program + page - 1) & ~(page - 1);
  uintptr_t to = ((uintptr_t)program + program_size) & ~(page - 1);
  if (to > from) madvise((void *)from, to - from, MADV_DONTNEED);
}

/* js_std_eval_binary() would wait for the module with jobs pending: this one leaves all waiting to the loop. */
static JSValue start_program(JSContext *c)
{
  JSValue module = JS_ReadObject(c, program, program_size, JS_READ_OBJ_BYTECODE);
  forget_bytecode();
  if (JS_IsException(module)) return module;
  if (JS_ResolveModule(c, module) < 0) {
    JS_FreeValue(c, module);
    return JS_EXCEPTION;
  }
  return JS_EvalFunction(c, module);
}

int main(int argc, char **argv)
{
  signal(SIGPIPE, SIG_IGN);
  JSRuntime *rt = JS_NewRuntime();
  JSContext *c = rt ? JS_NewContext(rt) : NULL;
  if (!c) {
    fputs("porchlight-agent: not enough memory to start\n", stderr);
    return 1;
  }
  js_std_init_handlers(rt);
  js_std_add_helpers(c, argc, argv);
  JSValue running = add_modules(c) ? JS_EXCEPTION : start_program(c);
  /* The program ends itself with its own exit code; a loop without anything to wait for is a program that failed. */
  if (!JS_IsException(running)) js_std_loop(c);
  if (JS_PromiseState(c, running) == JS_PROMISE_REJECTED) JS_Throw(c, JS_PromiseResult(c, running));
  js_std_dump_error(c);
  return 1;
}
