#pragma once

#include <string>

namespace dossier::storage {

// The lock of a store's writer: an open-file-description lock on a file of its own, so that it also
// tells two stores of one process apart and ends with the process, however that ends. The file says
// who holds it.
class StoreLock {
  public:
    // Throws Conflict, naming the process and its program, when somebody else holds it.
    // `store_name` is for the message.
    StoreLock(const std::string& directory, const std::string& store_name);
    ~StoreLock();
    StoreLock(const StoreLock&) = delete;
    StoreLock& operator=(const StoreLock&) = delete;

    // Whether somebody, in this process or in another, holds the lock now. Takes nothing; false
    // where that cannot be found out.
    static bool is_held(const std::string& directory);

  private:
    int descriptor_ = -1;
};

}  // namespace dossier::storage
