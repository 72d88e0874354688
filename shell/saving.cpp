#include "shell/saving.h"

#include <fmt/core.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace dossier::shell {

namespace {

// A file of its own in the folder for temporary files; removed at the end.
class TemporaryFile {
  public:
    TemporaryFile() : name_(std::filesystem::temp_directory_path() / "dossier-save-XXXXXX.nq") {
        const int descriptor = ::mkstemps(name_.data(), 3);
        if (descriptor < 0) throw InputError("a temporary file cannot be made");
        ::close(descriptor);
    }
    ~TemporaryFile() {
        std::error_code ignored;
        std::filesystem::remove(name_, ignored);
    }
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;
    const std::string& name() const { return name_; }

  private:
    std::string name_;
};

void copy(Session& session, const std::string& directory) {
    const TemporaryFile file;
    Store& source = session.store();
    {
        std::ofstream out(file.name(), std::ios::binary);
        DumpOptions options;
        options.all_graphs = true;
        session.interruptible([&] { return source.dump(DataFormat::nquads, out, options); });
        out.close();
        if (!out) throw InputError("'" + file.name() + "' cannot be written");
    }
    OpenOptions options;
    options.create = true;
    Store target = Store::open(directory, options);
    LoadOptions load;
    load.format = DataFormat::nquads;
    load.memory = session.memory;
    {
        const InterruptWatch::Running running(session.interrupts(),
                                              [&target] { target.interrupt(); });
        target.load_file(file.name(), load);
    }
    for (const auto& [name, iri] : source.prefixes()) target.set_prefix(name, iri);
    for (const auto& [name, value] : source.settings()) target.set_setting(name, value);
    const std::uint64_t size = target.size();
    session.message(fmt::format("{} statement{} saved in '{}'", grouped(size), size == 1 ? "" : "s",
                                directory));
    target.close();
}

}  // namespace

void save(Session& session, const std::string& directory) {
    if (session.in_transaction())
        throw UsageError("end the open transaction first: what it changed would not be saved");
    if (std::filesystem::exists(directory))
        throw UsageError("'" + directory + "' exists already; .save makes a new store");
    try {
        copy(session, directory);
    } catch (...) {
        std::error_code ignored;
        std::filesystem::remove_all(directory, ignored);
        throw;
    }
}

}  // namespace dossier::shell
