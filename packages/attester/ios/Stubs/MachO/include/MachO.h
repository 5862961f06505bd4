// A stand-in for the parts of Apple's <mach-o/dyld.h>, <mach-o/loader.h> and <sys/sysctl.h> that the SDK uses, for Linux only.
// The images are those that a test maps, laid out in memory as dyld does.
#ifndef ASSAY_STUB_MACHO_H
#define ASSAY_STUB_MACHO_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define MH_MAGIC_64 0xfeedfacfu
#define LC_SEGMENT_64 0x19u

typedef int32_t cpu_type_t;
typedef int32_t cpu_subtype_t;
typedef int32_t vm_prot_t;

struct mach_header {
  uint32_t magic;
  cpu_type_t cputype;
  cpu_subtype_t cpusubtype;
  uint32_t filetype;
  uint32_t ncmds;
  uint32_t sizeofcmds;
  uint32_t flags;
};

struct mach_header_64 {
  uint32_t magic;
  cpu_type_t cputype;
  cpu_subtype_t cpusubtype;
  uint32_t filetype;
  uint32_t ncmds;
  uint32_t sizeofcmds;
  uint32_t flags;
  uint32_t reserved;
};

struct load_command {
  uint32_t cmd;
  uint32_t cmdsize;
};

struct segment_command_64 {
  uint32_t cmd;
  uint32_t cmdsize;
  char segname[16];
  uint64_t vmaddr;
  uint64_t vmsize;
  uint64_t fileoff;
  uint64_t filesize;
  vm_prot_t maxprot;
  vm_prot_t initprot;
  uint32_t nsects;
  uint32_t flags;
};

struct section_64 {
  char sectname[16];
  char segname[16];
  uint64_t addr;
  uint64_t size;
  uint32_t offset;
  uint32_t align;
  uint32_t reloff;
  uint32_t nreloc;
  uint32_t flags;
  uint32_t reserved1;
  uint32_t reserved2;
  uint32_t reserved3;
};

uint32_t _dyld_image_count(void);
const struct mach_header *_dyld_get_image_header(uint32_t index);
intptr_t _dyld_get_image_vmaddr_slide(uint32_t index);
const char *_dyld_get_image_name(uint32_t index);

#define CTL_KERN 1
#define KERN_PROC 14
#define KERN_PROC_PID 1
#define P_TRACED 0x00000800

struct extern_proc {
  int p_flag;
};
struct kinfo_proc {
  struct extern_proc kp_proc;
};
int sysctl(int *name, uint32_t count, void *old, size_t *old_length, void *fresh, size_t fresh_length);

// For tests: not Apple's.

// Maps the arm64 slice, or the only one, of a Mach-O file as dyld would, under a name. False where it cannot.
bool assay_stub_map_image(const char *path, const char *name);
// An image of which only the name is known.
void assay_stub_name_image(const char *name);
void assay_stub_forget_images(void);
void assay_stub_set_traced(bool traced);

#endif
