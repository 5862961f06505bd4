#include "MachO.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define MOST_IMAGES 256

static struct image {
  const struct mach_header *header;
  intptr_t slide;
  char *name;
} images[MOST_IMAGES];
static uint32_t image_count;
static bool is_traced;

uint32_t _dyld_image_count(void) { return image_count; }

const struct mach_header *_dyld_get_image_header(uint32_t index) {
  return index < image_count ? images[index].header : NULL;
}

intptr_t _dyld_get_image_vmaddr_slide(uint32_t index) { return index < image_count ? images[index].slide : 0; }

const char *_dyld_get_image_name(uint32_t index) { return index < image_count ? images[index].name : NULL; }

int sysctl(int *name, uint32_t count, void *old, size_t *old_length, void *fresh, size_t fresh_length) {
  (void)fresh;
  (void)fresh_length;
  if (count != 4 || name[0] != CTL_KERN || name[1] != KERN_PROC || *old_length < sizeof(struct kinfo_proc)) return -1;
  struct kinfo_proc *found = old;
  found->kp_proc.p_flag = is_traced ? P_TRACED : 0;
  *old_length = sizeof *found;
  return 0;
}

void assay_stub_set_traced(bool traced) { is_traced = traced; }

void assay_stub_name_image(const char *name) {
  if (image_count < MOST_IMAGES) images[image_count++] = (struct image){NULL, 0, strdup(name)};
}

void assay_stub_forget_images(void) {
  for (uint32_t i = 0; i < image_count; i++) free(images[i].name);
  image_count = 0;
}

static uint32_t big_endian(const uint8_t *at) {
  return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

// Offset of the arm64 slice in a universal file; 0 for any other.
static uint64_t slice_offset(const uint8_t *file, size_t length) {
  if (length < 8 || big_endian(file) != 0xcafebabe) return 0;
  uint32_t count = big_endian(file + 4);
  for (uint32_t i = 0; i < count && 8 + (i + 1) * 20 <= length; i++) {
    const uint8_t *arch = file + 8 + i * 20;
    if (big_endian(arch) == 0x0100000c) return big_endian(arch + 8);
  }
  return 0;
}

static bool map(const uint8_t *file, size_t length, const char *name) {
  const struct mach_header_64 *header = (const void *)file;
  if (length < sizeof *header || header->magic != MH_MAGIC_64 || image_count == MOST_IMAGES) return false;
  uint64_t lowest = UINT64_MAX, highest = 0;
  for (int pass = 0; pass < 2; pass++) {
    uint8_t *memory = NULL;
    if (pass == 1) {
      memory = mmap(NULL, highest - lowest, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      if (memory == MAP_FAILED) return false;
    }
    const uint8_t *at = file + sizeof *header;
    for (uint32_t i = 0; i < header->ncmds; i++) {
      const struct load_command *command = (const void *)at;
      if (command->cmd == LC_SEGMENT_64) {
        const struct segment_command_64 *segment = (const void *)at;
        bool is_page_zero = strncmp(segment->segname, "__PAGEZERO", 16) == 0;
        if (!is_page_zero && pass == 0) {
          if (segment->vmaddr < lowest) lowest = segment->vmaddr;
          if (segment->vmaddr + segment->vmsize > highest) highest = segment->vmaddr + segment->vmsize;
        } else if (!is_page_zero && segment->fileoff + segment->filesize <= length) {
          memcpy(memory + (segment->vmaddr - lowest), file + segment->fileoff, segment->filesize);
        }
      }
      at += command->cmdsize;
    }
    if (pass == 0 && lowest >= highest) return false;
    if (pass == 1) {
      images[image_count++] =
          (struct image){(const void *)memory, (intptr_t)memory - (intptr_t)lowest, strdup(name)};
    }
  }
  return true;
}

bool assay_stub_map_image(const char *path, const char *name) {
  int file = open(path, O_RDONLY);
  struct stat found;
  if (file < 0 || fstat(file, &found) != 0) return false;
  uint8_t *bytes = mmap(NULL, found.st_size, PROT_READ, MAP_PRIVATE, file, 0);
  close(file);
  if (bytes == MAP_FAILED) return false;
  uint64_t offset = slice_offset(bytes, found.st_size);
  bool mapped = map(bytes + offset, found.st_size - offset, name);
  munmap(bytes, found.st_size);
  return mapped;
}
