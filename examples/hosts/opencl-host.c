/*
 * Runs one kernel of an .xclbin through OpenCL 1.2, with the arguments of a text file:
 *
 *   gcc -std=c11 -Wall -Wextra -o opencl-host opencl-host.c -lOpenCL
 *   ./opencl-host FILE.xclbin RUN.txt
 *
 * RUN.txt has one line a thing; files are relative to its folder, their bytes little-endian:
 *
 *   kernel NAME                   (or NAME:{INSTANCE}) first
 *   scalar VALUE BYTES            arguments in the kernel's order; BYTES 4 or 8
 *   read FILE                     a buffer that the kernel reads
 *   write BYTES [FILE]            one that it writes, zero before; FILE takes what it holds afterwards
 *   readwrite FILE [FILE]         both
 *   repeat N                      after the arguments: so many runs
 *
 * For every buffer that is written it prints a line: name[argument], bytes, FNV-1a hash, first words. The device is
 * the first accelerator of any platform. OpenCL's loader finds XRT where /etc/OpenCL/vendors names
 * libxilinxopencl.so.2, or the variable OCL_ICD_VENDORS does.
 */
#define CL_TARGET_OPENCL_VERSION 120
#include <CL/cl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_ARGUMENTS = 64, MOST_PLATFORMS = 16, BEAT = 64 };

struct argument {
  bool is_buffer, is_written;
  uint64_t value;
  size_t bytes; /* of the scalar, or that the file or the line gives a buffer */
  unsigned char *data;
  char output[1024];
  cl_mem buffer;
};

static void fail(const char *format, ...) {
  va_list values;
  va_start(values, format);
  fputs("error: ", stderr);
  vfprintf(stderr, format, values);
  fputc('\n', stderr);
  va_end(values);
  exit(1);
}

static void check(cl_int status, const char *what) {
  if (status != CL_SUCCESS) fail("%s fails with OpenCL status %d", what, (int)status);
}

/* Whole beats, the rest of the last one zero. */
static size_t padded(size_t bytes) {
  const size_t beats = (bytes + BEAT - 1) / BEAT;
  return (beats == 0 ? 1 : beats) * BEAT;
}

static void *zeros(size_t bytes) {
  void *memory = calloc(1, bytes);
  if (memory == NULL) fail("there is no memory for %zu bytes", bytes);
  return memory;
}

static unsigned char *read_file(const char *path, size_t *bytes) {
  FILE *file = fopen(path, "rb");
  if (file == NULL) fail("cannot read %s", path);
  fseek(file, 0, SEEK_END);
  const long size = ftell(file);
  if (size < 0) fail("cannot read %s", path);
  rewind(file);
  unsigned char *data = zeros(padded((size_t)size));
  if (fread(data, 1, (size_t)size, file) != (size_t)size) fail("cannot read all of %s", path);
  fclose(file);
  *bytes = (size_t)size;
  return data;
}

/* PATH as it is seen from the folder of the run file. */
static void beside(char *to, size_t room, const char *run, const char *path) {
  const char *slash = strrchr(run, '/');
  const int folder = path[0] == '/' || slash == NULL ? 0 : (int)(slash - run + 1);
  const int length = snprintf(to, room, "%.*s%s", folder, run, path);
  if (length < 0 || (size_t)length >= room) fail("the path %s is too long", path);
}

static int read_run(const char *run, char kernel[256], struct argument *arguments, long *repeat) {
  FILE *file = fopen(run, "r");
  if (file == NULL) fail("cannot read %s", run);
  char line[4096];
  int count = 0;
  for (int number = 1; fgets(line, sizeof line, file) != NULL; ++number) {
    line[strcspn(line, "#\r\n")] = 0;
    char word[16], first[1024] = "", second[1024] = "", path[2048];
    const int words = sscanf(line, "%15s %1023s %1023s", word, first, second);
    if (words < 1) continue;
    if (words < 2) fail("%s:%d: '%s' lacks its value", run, number, word);
    if (strcmp(word, "kernel") == 0) {
      snprintf(kernel, 256, "%.255s", first);
      continue;
    }
    if (strcmp(word, "repeat") == 0) {
      *repeat = strtol(first, NULL, 10);
      if (*repeat < 1) fail("%s:%d: repeat takes a number from 1 on", run, number);
      continue;
    }
    if (count == MOST_ARGUMENTS) fail("%s:%d: more than %d arguments", run, number, MOST_ARGUMENTS);
    struct argument *one = &arguments[count++];
    if (strcmp(word, "scalar") == 0) {
      one->value = first[0] == '-' ? (uint64_t)strtoll(first, NULL, 0) : strtoull(first, NULL, 0);
      one->bytes = strtoul(second, NULL, 10);
      if (one->bytes != 4 && one->bytes != 8) fail("%s:%d: a scalar has 4 or 8 bytes", run, number);
      continue;
    }
    one->is_buffer = true;
    one->is_written = word[0] == 'w' || strcmp(word, "readwrite") == 0;
    if (strcmp(word, "write") == 0) {
      one->bytes = strtoul(first, NULL, 10);
      one->data = zeros(padded(one->bytes));
    } else if (strcmp(word, "read") == 0 || strcmp(word, "readwrite") == 0) {
      beside(path, sizeof path, run, first);
      one->data = read_file(path, &one->bytes);
    } else {
      fail("%s:%d: there is nothing like '%s'", run, number, word);
    }
    if (one->is_written && second[0] != 0) beside(one->output, sizeof one->output, run, second);
  }
  fclose(file);
  if (kernel[0] == 0) fail("%s names no kernel", run);
  return count;
}

/* The first accelerator of any platform. */
static cl_device_id find_device(void) {
  cl_platform_id platforms[MOST_PLATFORMS];
  cl_uint count = 0;
  if (clGetPlatformIDs(MOST_PLATFORMS, platforms, &count) != CL_SUCCESS) count = 0;
  for (cl_uint i = 0; i < count && i < MOST_PLATFORMS; ++i) {
    cl_device_id device;
    const cl_device_type kind = CL_DEVICE_TYPE_ACCELERATOR;
    if (clGetDeviceIDs(platforms[i], kind, 1, &device, NULL) == CL_SUCCESS) return device;
  }
  fail("none of %u OpenCL platforms has an accelerator: does OCL_ICD_VENDORS name libxilinxopencl.so.2?",
       (unsigned)count);
  return NULL;
}

static void print_output(const char *kernel, int index, const struct argument *one) {
  uint64_t hash = 0xcbf29ce484222325u;
  for (size_t i = 0; i < one->bytes; ++i) hash = (hash ^ one->data[i]) * 0x100000001b3u;
  printf("%.*s[%d] %zu bytes fnv1a64 %016" PRIx64 " words", (int)strcspn(kernel, ":"), kernel, index,
         one->bytes, hash);
  for (size_t word = 0; word < 8 && 4 * word + 4 <= one->bytes; ++word) {
    const unsigned char *b = one->data + 4 * word;
    printf(" %02x%02x%02x%02x", b[3], b[2], b[1], b[0]);
  }
  putchar('\n');
  if (one->output[0] == 0) return;
  FILE *file = fopen(one->output, "wb");
  if (file == NULL || fwrite(one->data, 1, one->bytes, file) != one->bytes || fclose(file) != 0) {
    fail("cannot write %s", one->output);
  }
}

int main(int argc, char **argv) {
  if (argc != 3) fail("usage: %s FILE.xclbin RUN.txt", argv[0]);
  static struct argument arguments[MOST_ARGUMENTS];
  char kernel_name[256] = "";
  long repeat = 1;
  const int count = read_run(argv[2], kernel_name, arguments, &repeat);
  size_t size;
  const unsigned char *binary = read_file(argv[1], &size);
  /* XRT trusts a file and reads beyond its end when it was cut short; its header says how long it has to be. */
  uint64_t length = 0;
  if (size >= 312 && memcmp(binary, "xclbin2", 8) == 0) memcpy(&length, binary + 304, sizeof length);
  if (length < 312 || length > size) fail("%s is no xclbin, or was cut short", argv[1]);

  /* A driver may fork here: nothing must be left in the buffers. */
  fflush(NULL);
  cl_int status;
  const cl_device_id device = find_device();
  cl_context context = clCreateContext(NULL, 1, &device, NULL, NULL, &status);
  check(status, "clCreateContext");
  cl_command_queue queue = clCreateCommandQueue(context, device, 0, &status);
  check(status, "clCreateCommandQueue");
  cl_int taken = CL_SUCCESS;
  cl_program program =
      clCreateProgramWithBinary(context, 1, &device, &size, &binary, &taken, &status);
  check(status, "clCreateProgramWithBinary");
  check(taken, "loading the binary");
  check(clBuildProgram(program, 1, &device, NULL, NULL, NULL), "clBuildProgram");
  cl_kernel kernel = clCreateKernel(program, kernel_name, &status);
  if (status != CL_SUCCESS) fail("%s has no kernel %s (%d)", argv[1], kernel_name, (int)status);

  for (int i = 0; i < count; ++i) {
    struct argument *one = &arguments[i];
    if (!one->is_buffer) {
      const uint32_t low = (uint32_t)one->value;
      const void *value = one->bytes == 4 ? (const void *)&low : (const void *)&one->value;
      check(clSetKernelArg(kernel, (cl_uint)i, one->bytes, value), "clSetKernelArg of a scalar");
      continue;
    }
    const cl_mem_flags flags = one->is_written ? CL_MEM_READ_WRITE : CL_MEM_READ_ONLY;
    one->buffer = clCreateBuffer(context, flags, padded(one->bytes), NULL, &status);
    check(status, "clCreateBuffer");
    check(clSetKernelArg(kernel, (cl_uint)i, sizeof one->buffer, &one->buffer),
          "clSetKernelArg of a buffer");
    check(clEnqueueWriteBuffer(queue, one->buffer, CL_TRUE, 0, padded(one->bytes), one->data, 0, NULL,
                               NULL),
          "clEnqueueWriteBuffer");
  }
  for (long run = 0; run < repeat; ++run) {
    check(clEnqueueTask(queue, kernel, 0, NULL, NULL), "clEnqueueTask");
    check(clFinish(queue), "clFinish");
  }
  for (int i = 0; i < count; ++i) {
    struct argument *one = &arguments[i];
    if (!one->is_written) continue;
    check(clEnqueueReadBuffer(queue, one->buffer, CL_TRUE, 0, padded(one->bytes), one->data, 0, NULL,
                              NULL),
          "clEnqueueReadBuffer");
    print_output(kernel_name, i, one);
  }
  fflush(stdout);

  for (int i = 0; i < count; ++i) {
    if (arguments[i].is_buffer) clReleaseMemObject(arguments[i].buffer);
    free(arguments[i].data);
  }
  free((void *)binary);
  clReleaseKernel(kernel);
  clReleaseProgram(program);
  clReleaseCommandQueue(queue);
  clReleaseContext(context);
  return 0;
}
