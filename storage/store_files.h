#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "storage/root.h"
#include "storage/store_record.h"

// The directory of a store: a file that says what it is, readable by people and checked before
// anything else is touched, the watermark, the block store and temporary files. docs/format.md,
// "The directory".

namespace dossier::storage {

enum class DirectoryState : std::uint8_t {
    absent,   // does not exist, or is an empty directory
    begun,    // being made when a process ended
    present,  // a store
};

class StoreFiles {
  public:
    explicit StoreFiles(std::string path);

    const std::string& path() const { return path_; }
    // The name for messages: the last part of the path.
    std::string name() const;
    std::string blocks_path() const;
    std::string temporary_path() const;

    // Looks without changing anything. Throws StoreError for everything that is not a store of a
    // version this program reads: a file, another program's directory, a newer format.
    DirectoryState inspect() const;
    // Makes the directory (0700) with the mark of a store being made.
    void begin_creation(const Uuid& uuid) const;
    // Marks it complete, durably.
    void finish_creation(const Uuid& uuid) const;

    // The last commit known to be durable when the watermark was written: loss of it or of any
    // before it is damage, not a crash. Nothing where none was written or both slots are torn.
    struct Watermark {
        std::uint64_t number = 0;
        Hash128 header_hash;
    };
    std::optional<Watermark> watermark() const;
    // Overwrites the older of two slots; durable at return if `sync`.
    void write_watermark(const Watermark& mark, bool sync) const;
    // Forgets it, durably: the loss of commits was accepted.
    void remove_watermark() const;

    // Removes what is in the directory for temporary files, and marks that were never finished.
    // Only for the holder of the writer's lock. Never throws.
    void clear_temporary_files() const noexcept;
    // Makes it on demand.
    std::string make_temporary_directory() const;

  private:
    void write_mark(const Uuid& uuid, bool complete) const;

    std::string path_;
};

}  // namespace dossier::storage
