/* Names for addresses: the static library's functions are local symbols of
 * this program, which dladdr() does not know, so its own table is read. */
#include "step.h"

#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <sys/mman.h>
#include <sys/stat.h>

extern char __executable_start, etext;

bool in_own_text(uintptr_t address)
{
    return address >= (uintptr_t)&__executable_start &&
           address < (uintptr_t)&etext;
}

bool in_assembly(uintptr_t address)
{
    return strncmp(symbol_at(address), "safepoint_wait+", 15) == 0;
}

static const ElfW(Ehdr) *own_file(void)
{
    static const ElfW(Ehdr) *file;
    struct stat stat;
    if (!file) {
        int fd = MUST(open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
        MUST(fstat(fd, &stat));
        file = mmap(NULL, (size_t)stat.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        ASSERT_TRUE(file != MAP_FAILED);
        close(fd);
    }
    return file;
}

/* The function of this program that holds this offset from its start. */
static const char *own_symbol(uintptr_t offset, uintptr_t *start)
{
    const ElfW(Ehdr) *file = own_file();
    const char *bytes = (const char *)file;
    const ElfW(Shdr) *section = (const void *)(bytes + file->e_shoff);
    for (int i = 0; i < file->e_shnum; i++) {
        if (section[i].sh_type != SHT_SYMTAB)
            continue;
        const ElfW(Sym) *symbol = (const void *)(bytes + section[i].sh_offset);
        size_t count = section[i].sh_size / sizeof *symbol;
        const char *names = bytes + section[section[i].sh_link].sh_offset;
        for (size_t j = 0; j < count; j++) {
            if ((symbol[j].st_info & 15) == STT_FUNC &&
                offset - symbol[j].st_value < symbol[j].st_size) {
                *start = symbol[j].st_value;
                return names + symbol[j].st_name;
            }
        }
    }
    return NULL;
}

/* Rust's _ZN9safepoint4zone4wake17h0123456789abcdefE, without the hash. */
static void plain(const char *name, char *to, size_t size)
{
    size_t used = 0, length;
    int digits;
    if (strncmp(name, "_ZN", 3) != 0) {
        snprintf(to, size, "%s", name);
        return;
    }
    for (name += 3; sscanf(name, "%zu%n", &length, &digits) == 1;
         name += length) {
        name += digits;
        if (*name != 'h' || length != 17)
            used += (size_t)snprintf(to + used, size - used, "%s%.*s",
                                     used ? "::" : "", (int)length, name);
        if (used >= size)
            return;
    }
}

const char *symbol_at(uintptr_t address)
{
    static char text[256];
    char readable[200];
    const char *name = NULL, *file = "";
    uintptr_t offset = address, start = 0;
    Dl_info info;
    if (in_own_text(address)) {
        if (own_file()->e_type == ET_DYN)
            offset -= (uintptr_t)&__executable_start;
        name = own_symbol(offset, &start);
    } else if (dladdr((void *)address, &info)) {
        name = info.dli_sname;
        file = info.dli_fname;
        start = name ? (uintptr_t)info.dli_saddr : (uintptr_t)info.dli_fbase;
    }
    plain(name ? name : file, readable, sizeof readable);
    snprintf(text, sizeof text, "%s+0x%lx", readable,
             (unsigned long)(offset - start));
    return text;
}
