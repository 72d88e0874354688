#include "storage/store_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <string_view>

#include <dossier/error.h>

#include "storage/disk_full.h"

namespace dossier::storage {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view mark_name = "dossier";
constexpr std::string_view watermark_name = "durable";
constexpr std::string_view first_line = "Dossier store";
constexpr std::size_t slot_size = 64;
constexpr std::string_view slot_magic = "dsrmark1";

[[noreturn]] void fail(const std::string& what, int error) {
    throw_system_error(what, error);
}

// An open file; closed when it goes.
class File {
  public:
    File(const std::string& path, int flags)
        : path_(path), descriptor_(::open(path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, 0600)) {}
    ~File() {
        if (descriptor_ >= 0) {
            ::close(descriptor_);
        }
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;

    bool open() const { return descriptor_ >= 0; }

    void write(std::string_view bytes, off_t at) const {
        while (!bytes.empty()) {
            const ssize_t written = ::pwrite(descriptor_, bytes.data(), bytes.size(), at);
            if (written < 0 && errno == EINTR) {
                continue;
            }
            if (written < 0) {
                fail("writing " + path_, errno);
            }
            bytes.remove_prefix(static_cast<std::size_t>(written));
            at += written;
        }
    }

    // At most `limit` bytes from the front.
    std::string read(std::size_t limit) const {
        std::string bytes(limit, '\0');
        std::size_t length = 0;
        while (length < limit) {
            const ssize_t count = ::pread(descriptor_, bytes.data() + length, limit - length,
                                          static_cast<off_t>(length));
            if (count < 0 && errno == EINTR) {
                continue;
            }
            if (count < 0) {
                fail("reading " + path_, errno);
            }
            if (count == 0) {
                break;
            }
            length += static_cast<std::size_t>(count);
        }
        bytes.resize(length);
        return bytes;
    }

    void sync() const {
        if (::fsync(descriptor_) != 0) {
            fail("syncing " + path_, errno);
        }
    }

  private:
    std::string path_;
    int descriptor_;
};

void sync_directory(const std::string& path) {
    const File directory(path, O_RDONLY | O_DIRECTORY);
    if (!directory.open()) {
        fail("opening the directory " + path, errno);
    }
    directory.sync();
}

// The name under which a mark is written before it gets its own: "dossier." and a UUID.
bool is_unfinished_mark(std::string_view name) {
    constexpr std::size_t uuid_length = 36;
    return name.size() == mark_name.size() + 1 + uuid_length && name.starts_with(mark_name) &&
           name[mark_name.size()] == '.';
}

// One watermark slot, or nothing when it is not whole.
std::optional<StoreFiles::Watermark> parse_slot(std::string_view slot) {
    if (slot.size() != slot_size || !slot.starts_with(slot_magic)) {
        return std::nullopt;
    }
    ByteReader reader(slot.substr(slot_magic.size()), "the watermark");
    StoreFiles::Watermark mark;
    mark.number = reader.u64();
    mark.header_hash = reader.hash();
    reader.take(16);
    const Hash128 checksum = reader.hash();
    if (hash_of(slot.substr(0, slot_size - 16)) != checksum) {
        return std::nullopt;
    }
    return mark;
}

std::string make_slot(const StoreFiles::Watermark& mark) {
    std::string slot(slot_magic);
    append_u64(slot, mark.number);
    append_hash(slot, mark.header_hash);
    slot.append(16, '\0');
    append_hash(slot, hash_of(slot));
    return slot;
}

}  // namespace

StoreFiles::StoreFiles(std::string path) : path_(std::move(path)) {
    while (path_.size() > 1 && path_.back() == '/') {
        path_.pop_back();
    }
    if (path_.empty()) {
        throw StoreError("the store's path is empty");
    }
}

std::string StoreFiles::name() const {
    return fs::path(path_).filename().string();
}
std::string StoreFiles::blocks_path() const {
    return path_ + "/blocks";
}
std::string StoreFiles::temporary_path() const {
    return path_ + "/temporary";
}

DirectoryState StoreFiles::inspect() const {
    struct stat status {};
    if (::stat(path_.c_str(), &status) != 0) {
        if (errno == ENOENT) {
            return DirectoryState::absent;
        }
        fail("looking at '" + path_ + "'", errno);
    }
    if (!S_ISDIR(status.st_mode)) {
        throw StoreError("'" + path_ + "' is not a directory, so it is not a Dossier store");
    }
    const File mark(path_ + "/" + std::string(mark_name), O_RDONLY | O_NONBLOCK);
    if (!mark.open()) {
        if (errno != ENOENT) {
            fail("opening the store's mark in '" + path_ + "'", errno);
        }
        std::error_code error;
        bool only_ours = true;
        for (fs::directory_iterator entry(path_, error), end; !error && entry != end;
             entry.increment(error)) {
            only_ours = only_ours && is_unfinished_mark(entry->path().filename().string());
        }
        if (error) {
            throw StoreError("looking at '" + path_ + "': " + error.message());
        }
        if (only_ours) {
            return DirectoryState::absent;
        }
        throw StoreError("'" + path_ +
                         "' is a directory of something else: it holds files, but not the file '" +
                         std::string(mark_name) + "' of a Dossier store");
    }
    const std::string text = mark.read(4096);
    std::string_view rest = text;
    const auto line = [&rest]() {
        const std::size_t end = rest.find('\n');
        const std::string_view taken = rest.substr(0, end);
        rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
        return taken;
    };
    constexpr std::string_view format_word = "format ";
    const std::string_view title = line();
    const std::string_view format = line();
    if (title != first_line || !format.starts_with(format_word)) {
        throw StoreError("'" + path_ + "' is not a Dossier store: its file '" +
                         std::string(mark_name) + "' is of something else or damaged");
    }
    const std::string_view version = format.substr(format_word.size());
    if (version != std::to_string(format_version)) {
        throw StoreError("'" + path_ + "' has format version " + std::string(version) +
                         "; this program reads version " + std::to_string(format_version));
    }
    line();  // the UUID, which the header repeats
    const std::string_view state = line();
    if (state == "complete") {
        return DirectoryState::present;
    }
    if (state == "begun") {
        return DirectoryState::begun;
    }
    throw StoreError("the file '" + std::string(mark_name) + "' in '" + path_ + "' is damaged");
}

void StoreFiles::write_mark(const Uuid& uuid, bool complete) const {
    const std::string final_name = path_ + "/" + std::string(mark_name);
    const std::string new_name = final_name + "." + to_string(uuid);
    {
        const File file(new_name, O_WRONLY | O_CREAT | O_TRUNC);
        if (!file.open()) {
            fail("creating " + new_name, errno);
        }
        file.write(std::string(first_line) + "\nformat " + std::to_string(format_version) +
                       "\nuuid " + to_string(uuid) + "\n" + (complete ? "complete" : "begun") +
                       "\n",
                   0);
        file.sync();
    }
    if (complete) {
        if (::rename(new_name.c_str(), final_name.c_str()) != 0) {
            fail("renaming " + new_name, errno);
        }
    } else {
        // Never over a mark that is there: another process may have made the store meanwhile.
        const int linked = ::link(new_name.c_str(), final_name.c_str());
        const int error = errno;
        ::unlink(new_name.c_str());
        if (linked != 0 && error != EEXIST) {
            fail("creating " + final_name, error);
        }
    }
    sync_directory(path_);
}

void StoreFiles::begin_creation(const Uuid& uuid) const {
    if (::mkdir(path_.c_str(), 0700) != 0 && errno != EEXIST) {
        fail("creating the directory '" + path_ + "'", errno);
    }
    write_mark(uuid, false);
    const fs::path parent = fs::path(path_).parent_path();
    sync_directory(parent.empty() ? "." : parent.string());
}

void StoreFiles::finish_creation(const Uuid& uuid) const {
    write_mark(uuid, true);
}

std::optional<StoreFiles::Watermark> StoreFiles::watermark() const {
    const File file(path_ + "/" + std::string(watermark_name), O_RDONLY | O_NONBLOCK);
    if (!file.open()) {
        return std::nullopt;
    }
    const std::string bytes = file.read(2 * slot_size);
    std::optional<Watermark> newest;
    for (std::size_t at = 0; at + slot_size <= bytes.size(); at += slot_size) {
        const auto mark = parse_slot(std::string_view(bytes).substr(at, slot_size));
        if (mark && (!newest || mark->number > newest->number)) {
            newest = mark;
        }
    }
    return newest;
}

void StoreFiles::write_watermark(const Watermark& mark, bool sync) const {
    const File file(path_ + "/" + std::string(watermark_name), O_RDWR | O_CREAT);
    if (!file.open()) {
        fail("opening the watermark of '" + path_ + "'", errno);
    }
    const std::string bytes = file.read(2 * slot_size);
    const auto number_in = [&bytes](std::size_t at) -> std::uint64_t {
        const auto slot = at + slot_size <= bytes.size()
                              ? parse_slot(std::string_view(bytes).substr(at, slot_size))
                              : std::nullopt;
        return slot ? slot->number : 0;
    };
    const std::size_t older = number_in(0) <= number_in(slot_size) ? 0 : slot_size;
    if (older == slot_size && bytes.size() < slot_size) {
        file.write(std::string(slot_size, '\0'), 0);
    }
    file.write(make_slot(mark), static_cast<off_t>(older));
    if (sync) {
        file.sync();
    }
}

void StoreFiles::remove_watermark() const {
    const std::string path = path_ + "/" + std::string(watermark_name);
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) {
        fail("removing the watermark of '" + path_ + "'", errno);
    }
    sync_directory(path_);
}

void StoreFiles::clear_temporary_files() const noexcept {
    const auto remove_from = [](const std::string& directory, auto wanted) {
        std::error_code ignored;
        for (fs::directory_iterator entry(directory, ignored), end; !ignored && entry != end;
             entry.increment(ignored)) {
            std::error_code failed;
            if (wanted(entry->path().filename().string())) {
                fs::remove_all(entry->path(), failed);
            }
        }
    };
    remove_from(temporary_path(), [](const std::string&) { return true; });
    remove_from(path_, [](const std::string& name) { return is_unfinished_mark(name); });
}

std::string StoreFiles::make_temporary_directory() const {
    if (::mkdir(temporary_path().c_str(), 0700) != 0 && errno != EEXIST) {
        fail("creating the directory '" + temporary_path() + "'", errno);
    }
    return temporary_path();
}

}  // namespace dossier::storage
