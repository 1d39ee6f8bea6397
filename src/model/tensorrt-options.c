/*
 * Gives options to ONNX Runtime's TensorRT provider, which onnxruntime-node has no way for: it creates the options
 * of each session with their defaults, passes nothing on but the device, and by passing any it makes the provider
 * ignore its ORT_TENSORRT_* environment variables (session_options_helper.cc, tensorrt_provider_factory.cc).
 *
 * The entry of ONNX Runtime's table of functions that onnxruntime-node calls last with those options is replaced by
 * one that first fills in what `setOptions` was given. The places in the table are part of ONNX Runtime's C ABI,
 * which only ever grows at its end.
 *
 * Built by `npm run gpu:setup`; loaded after onnxruntime-node.
 */
#define _GNU_SOURCE
#define NAPI_VERSION 6
#include <dlfcn.h>
#include <node_api.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Slots of OrtApi (onnxruntime_c_api.h), the same since version 1.9. */
enum { APPEND_TENSORRT_V2 = 170, UPDATE_TENSORRT_OPTIONS = 172, TABLE_VERSION = 9 };
enum { MOST_OPTIONS = 32 };

typedef struct OrtStatus OrtStatus;
typedef struct {
  const void **(*getApi)(uint32_t version);
  const char *(*getVersionString)(void);
} OrtApiBase;
typedef OrtStatus *(*Append)(void *session_options, const void *tensorrt_options);
typedef OrtStatus *(*Update)(void *tensorrt_options, const char *const *keys, const char *const *values, size_t count);

static Append append_original;
static Update update;
static const char *failure = "ONNX Runtime is not loaded";
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* Of this thread: each engine process opens its own sessions. */
static __thread char *keys[MOST_OPTIONS], *values[MOST_OPTIONS];
static __thread size_t count;

static OrtStatus *append_with_options(void *session_options, const void *tensorrt_options) {
  if (count > 0) {
    OrtStatus *status =
        update((void *)tensorrt_options, (const char *const *)keys, (const char *const *)values, count);
    if (status) return status;
  }
  return append_original(session_options, tensorrt_options);
}

static void hook(void) {
  void *library = dlopen("libonnxruntime.so.1", RTLD_LAZY | RTLD_NOLOAD);
  if (!library) return;
  const OrtApiBase *(*base)(void) = (const OrtApiBase *(*)(void))dlsym(library, "OrtGetApiBase");
  const void **table = base ? base()->getApi(TABLE_VERSION) : NULL;
  if (!table) {
    failure = "this ONNX Runtime has no C API";
    return;
  }
  update = (Update)table[UPDATE_TENSORRT_OPTIONS];
  append_original = (Append)table[APPEND_TENSORRT_V2];
  const uintptr_t page_size = (uintptr_t)sysconf(_SC_PAGESIZE);
  void *page = (void *)((uintptr_t)&table[APPEND_TENSORRT_V2] & ~(page_size - 1));
  /* An entry never straddles two pages. The loader made the table read-only after relocation. */
  if (mprotect(page, page_size, PROT_READ | PROT_WRITE) != 0) {
    failure = "the function table cannot be changed";
    return;
  }
  table[APPEND_TENSORRT_V2] = (const void *)append_with_options;
  mprotect(page, page_size, PROT_READ);
  failure = NULL;
}

static char *copy_string(napi_env env, napi_value value) {
  size_t length;
  if (napi_get_value_string_utf8(env, value, NULL, 0, &length) != napi_ok) return NULL;
  char *text = malloc(length + 1);
  if (text) napi_get_value_string_utf8(env, value, text, length + 1, &length);
  return text;
}

/* setOptions(entries: [key, value][]): for the sessions that this thread opens from now on. */
static napi_value set_options(napi_env env, napi_callback_info info) {
  size_t argument_count = 1;
  napi_value entries;
  uint32_t length = 0;
  napi_get_cb_info(env, info, &argument_count, &entries, NULL, NULL);
  if (argument_count < 1 || napi_get_array_length(env, entries, &length) != napi_ok || length > MOST_OPTIONS) {
    napi_throw_type_error(env, NULL, "a list of at most 32 pairs is expected");
    return NULL;
  }
  for (size_t i = 0; i < count; i++) {
    free(keys[i]);
    free(values[i]);
  }
  count = 0;
  for (uint32_t i = 0; i < length; i++) {
    napi_value entry, key, value;
    if (napi_get_element(env, entries, i, &entry) != napi_ok || napi_get_element(env, entry, 0, &key) != napi_ok ||
        napi_get_element(env, entry, 1, &value) != napi_ok || !(keys[count] = copy_string(env, key))) {
      napi_throw_type_error(env, NULL, "a pair of strings is expected");
      return NULL;
    }
    if (!(values[count] = copy_string(env, value))) {
      free(keys[count]);
      napi_throw_type_error(env, NULL, "a pair of strings is expected");
      return NULL;
    }
    count++;
  }
  return NULL;
}

NAPI_MODULE_INIT() {
  pthread_once(&once, hook);
  if (failure) {
    napi_throw_error(env, NULL, failure);
    return NULL;
  }
  napi_value function;
  napi_create_function(env, "setOptions", NAPI_AUTO_LENGTH, set_options, NULL, &function);
  napi_set_named_property(env, exports, "setOptions", function);
  return exports;
}
