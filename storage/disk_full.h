#pragma once

#include <cerrno>
#include <cstring>
#include <string>

#include <dossier/error.h>

namespace dossier::storage {

// There was no space left. Nothing of what was being written has happened, and the store goes on:
// the same may be tried again, and succeeds once there is space.
class DiskFull : public StoreError {
  public:
    explicit DiskFull(const std::string& what) : StoreError("the disk is full: " + what) {}
};

// For a failed call of the operating system with this errno.
[[noreturn]] inline void throw_system_error(const std::string& what, int error) {
    const std::string text = what + ": " + std::strerror(error);
    if (error == ENOSPC || error == EDQUOT) {
        throw DiskFull(text);
    }
    throw StoreError(text);
}

}  // namespace dossier::storage
