// Files read whole, up to a size limit.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace gradtrace {

/// What the system calls that error, worded as the rest of a message: "no such file or directory".
std::string system_message(int error_number);

/// Opens a regular file for reading without ever waiting for it, as opening a pipe would.
/// @returns a descriptor, the caller's to close.
/// @throws InputError where it is missing, no regular file, or unreadable; SystemError where the system has no more to give.
int open_to_read(const std::filesystem::path& file);

/// What this run has read or written is never overwritten by it: a name given twice by mistake loses nothing.
/// Safe to call from several threads.
void note_used(int descriptor);
bool was_used(const std::filesystem::path& file);  ///< links followed; false where there is no such file

/// The bytes of a regular file.
/// @throws InputError where it is missing, no regular file, unreadable, or longer than `limit` bytes.
std::string read_file(const std::filesystem::path& file,
                      std::uintmax_t limit = std::uintmax_t{1} << 30);

/// As much of its beginning as tells what kind of file it is, `most` bytes; nothing where there is no regular file that can be
/// read. The file does not count as read.
std::string beginning_of(const std::filesystem::path& file, std::uintmax_t most = 1 << 12);

}  // namespace gradtrace
