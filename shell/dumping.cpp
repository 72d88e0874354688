#include "shell/dumping.h"

#include <fmt/core.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <ostream>
#include <sstream>

#include "shell/compressed_stream.h"
#include "shell/loading.h"

namespace dossier::shell {

void dump(Session& session, const DumpRequest& request) {
    const std::string& compression = request.compression;
    if (!compression.empty() && compression != "gz" && compression != "zst")
        throw UsageError("--compress is gz or zst, not '" + compression + "'");
    const std::string name(without_compression(request.output));
    if (!compression.empty() && name != request.output)
        throw UsageError("the file's name asks for compression already; leave --compress out");

    DumpOptions options;
    options.sorted = request.sorted;
    bool all = false;
    for (const std::string& graph : request.graphs) {
        if (graph == "all") {
            all = true;
        } else {
            options.graphs.push_back(graph_term(session, graph));
        }
    }
    std::optional<DataFormat> format;
    if (!request.format.empty()) {
        format = data_format_of_name(request.format);
        if (!format)
            throw UsageError("'" + request.format +
                             "' is no format to dump in; there are nt, nq, ttl, trig, rdf");
    } else if (!name.empty()) {
        format = data_format_of_file(name);
    }
    Store& store = session.store();
    // A dump without a word about formats loses nothing.
    if (!format) format = DataFormat::nquads;
    options.all_graphs = all;
    if (*format == DataFormat::turtle || *format == DataFormat::trig ||
        *format == DataFormat::rdf_xml)
        options.prefixes = store.prefixes();
    if (!request.output.empty()) session.redirect(request.output, true, false);
    const std::uint64_t count = session.interruptible([&] {
        if (compression.empty()) return store.dump(*format, session.out(), options);
        CompressedStream compressed(session.out(),
                                    compression == "gz" ? Compression::gzip : Compression::zstd);
        const std::uint64_t written = store.dump(*format, compressed, options);
        compressed.finish();
        return written;
    });
    session.out().flush();
    session.end_once();
    if (!request.output.empty())
        session.message(
            fmt::format("{} statement{} written", grouped(count), count == 1 ? "" : "s"));
}

int check_files(Session& session, const std::vector<std::string>& files, bool lenient, bool count) {
    int code = 0;
    for (const std::string& file : files) {
        try {
            const std::string extension = std::filesystem::path(file).extension();
            if (extension == ".rq" || extension == ".ru") {
                std::ifstream in(file, std::ios::binary);
                if (!in) throw InputError("'" + file + "' cannot be read");
                std::ostringstream text;
                text << in.rdbuf();
                if (extension == ".rq")
                    check_query(text.str(), session.query_options(file));
                else
                    check_update(text.str(), session.query_options(file));
                if (count) session.message(file + ": correct");
                continue;
            }
            LoadOptions options;
            options.dry_run = true;
            options.lenient = lenient;
            const LoadReport report = file == "-"
                                          ? session.store().load_standard_input(options)
                                          : session.interruptible([&] {
                                                return session.store().load_file(file, options);
                                            });
            if (count)
                session.message(fmt::format("{}: {} statement{}", file, grouped(report.read),
                                            report.read == 1 ? "" : "s"));
        } catch (const Interrupted&) {
            throw;
        } catch (const Error& error) {
            const int failed = report_error(error, session.err(), session.err_terminal());
            if (code == 0) code = failed;
        }
    }
    return code;
}

}  // namespace dossier::shell
