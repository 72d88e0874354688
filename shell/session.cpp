#include "shell/session.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <iostream>

#include <dossier/text_width.h>

#include "shell/compressed_stream.h"
#include "shell/pipe_stream.h"

namespace dossier::shell {

namespace {

// A file made by this program: never over an existing one unless that was asked for.
std::unique_ptr<std::ostream> create_file(const std::string& name, bool force) {
    const int flags = O_WRONLY | O_CREAT | O_CLOEXEC | (force ? O_TRUNC : O_EXCL);
    const int descriptor = ::open(name.c_str(), flags, 0666);
    if (descriptor < 0) {
        const std::string reason = std::strerror(errno);
        if (errno == EEXIST)
            throw InputError("'" + name + "' exists already; --force overwrites it");
        throw InputError("'" + name + "' cannot be written: " + reason);
    }
    ::close(descriptor);
    auto stream = std::make_unique<std::ofstream>(name, std::ios::binary);
    if (!*stream) throw InputError("'" + name + "' cannot be written");
    return stream;
}

}  // namespace

int report_error(const std::exception& error, std::ostream& err, const Terminal& terminal) {
    const auto print = [&](std::string_view text) {
        err << styled("error: ", Style::error, terminal) << text << '\n';
    };
    if (const auto* syntax = dynamic_cast<const SyntaxError*>(&error)) {
        std::string text = syntax->pretty();
        // SyntaxError::pretty() has no control characters but line ends; ours are added here.
        if (const std::size_t found = text.find(" error: "); found != std::string::npos)
            text.replace(found + 1, 6, styled("error:", Style::error, terminal));
        err << text << '\n';
        return exit_syntax;
    }
    std::string message;
    append_visible(message, error.what());
    print(message);
    if (dynamic_cast<const OpenError*>(&error) != nullptr) return exit_store;
    if (dynamic_cast<const LimitError*>(&error) != nullptr) return exit_limit;
    if (dynamic_cast<const Interrupted*>(&error) != nullptr) return exit_interrupted;
    if (dynamic_cast<const UsageError*>(&error) != nullptr) return exit_usage;
    return exit_failure;
}

Session::Session(InterruptWatch& interrupts, ColorChoice color)
    : interrupts_(interrupts),
      standard_out_(&std::cout),
      standard_err_(&std::cerr),
      out_terminal_(inspect_terminal(STDOUT_FILENO, color)),
      err_terminal_(inspect_terminal(STDERR_FILENO, color)),
      log_(std::make_shared<SessionLog>()) {}

Session::~Session() {
    transaction_.reset();
    try {
        end_stream(output_);
        close_store();
    } catch (const std::exception& error) {
        report_error(error, err(), err_terminal_);
    }
}

// ---- the store ------------------------------------------------------------------------------

void Session::set_store(std::string path, bool read_only) {
    close_store();
    path_ = std::move(path);
    read_only_ = read_only;
}

void Session::close_store() {
    if (transaction_) {
        transaction_.reset();
        message("the open transaction was rolled back");
    }
    if (store_ && !placeholder_) store_->close();
    store_.reset();
    placeholder_ = false;
}

void Session::reopen_store() {
    if (transaction_) throw UsageError("end the open transaction first");
    if (!store_ || placeholder_ || path_.empty()) return;
    close_store();
    store();
}

void Session::forget_new_store() {
    if (!store_ || placeholder_ || read_only_ || store_->info().commits > 0) return;
    store_->close();
    store_.reset();
    std::error_code error;
    std::filesystem::remove_all(path_, error);
}

bool Session::exists() const {
    std::error_code error;
    return !path_.empty() && std::filesystem::exists(path_, error) &&
           !(std::filesystem::is_directory(path_, error) &&
             std::filesystem::is_empty(path_, error));
}

void Session::open_now(bool create) {
    OpenOptions options;
    options.create = create;
    options.read_only = read_only_;
    options.threads = threads;
    options.cache_bytes = cache;
    options.durability = durability;
    options.log = [log = log_, loud = verbose](std::string_view text) {
        if (loud) std::cerr << text << '\n';
        log->write(text);
    };
    try {
        store_ = Store::open(path_, options);
    } catch (const Error& error) {
        std::error_code ignored;
        if (std::filesystem::is_regular_file(path_, ignored) && data_format_of_file(path_))
            throw OpenError(
                fmt::format("'{0}' is a file of data: dossier load STORE '{0}' loads it, "
                            "dossier query --data '{0}' TEXT asks it",
                            path_));
        throw OpenError(error.what());
    }
    placeholder_ = false;
    for (const auto& [name, value] : store_->settings())
        if (name == "durability" && value == "relaxed") durability = Durability::relaxed;
}

Store& Session::store() {
    if (store_) return *store_;
    if (exists()) {
        open_now(false);
    } else {
        store_ = Store::in_memory();
        placeholder_ = !path_.empty();
    }
    return *store_;
}

Store& Session::writable_store() {
    if (!path_.empty() && (!store_ || placeholder_)) {
        store_.reset();
        open_now(!read_only_);
    }
    return store();
}

// ---- statements -----------------------------------------------------------------------------

QueryOptions Session::query_options(const std::string& source) const {
    QueryOptions options;
    options.timeout = timeout;
    options.memory = memory;
    options.base = base;
    options.source = source;
    options.prefixes = session_prefixes;
    // Those of the store count for what is parsed outside it too.
    if (store_) options.fallback_prefixes = store_->prefixes();
    options.fallback_prefixes.insert(options.fallback_prefixes.end(), user_prefixes.begin(),
                                     user_prefixes.end());
    options.well_known_prefixes = true;
    options.default_graphs = default_graphs;
    options.named_graphs = named_graphs;
    options.union_default_graph = union_default_graph;
    options.load_directory = allowed_load_directory;
    return options;
}

Prefixes Session::output_prefixes() {
    Prefixes all = session_prefixes;
    const Prefixes stored = store().prefixes();
    const Prefixes& well_known = Store::well_known_prefixes();
    all.insert(all.end(), stored.begin(), stored.end());
    all.insert(all.end(), user_prefixes.begin(), user_prefixes.end());
    all.insert(all.end(), well_known.begin(), well_known.end());
    return all;
}

std::string_view without_end_mark(std::string_view text) {
    std::size_t end = text.size();
    while (end > 0 && (end = text.rfind(';', end - 1)) != std::string_view::npos) {
        // Only space and comments may follow.
        bool comment = false, blank = true;
        for (const char c : text.substr(end + 1)) {
            if (c == '\n')
                comment = false;
            else if (c == '#')
                comment = true;
            else if (!comment && c != ' ' && c != '\t' && c != '\r')
                blank = false;
        }
        if (!blank) return text;
        if (completeness_of_statement(text) == Completeness::ended) return text.substr(0, end);
    }
    return text;
}

std::uint64_t Session::run(std::string_view text, const std::string& source) {
    answered_ = true;
    if (kind_of_statement(text) != StatementKind::update) text = without_end_mark(text);
    switch (kind_of_statement(text)) {
        case StatementKind::empty:
            return 0;
        case StatementKind::prologue: {
            const Prologue prologue = parse_prologue(text, query_options(source));
            for (const auto& [name, iri] : prologue.prefixes) {
                std::erase_if(session_prefixes, [&](const auto& old) { return old.first == name; });
                session_prefixes.emplace_back(name, iri);
            }
            if (prologue.base) base = *prologue.base;
            return 0;
        }
        case StatementKind::query:
            return run_query(text, source);
        case StatementKind::update: {
            const UpdateReport report = run_update(text, source, false);
            return report.inserted + report.removed;
        }
        case StatementKind::pattern:
            break;
    }
    return run_pattern(text, source);
}

std::uint64_t Session::run_query(std::string_view text, const std::string& source) {
    return interruptible([&]() -> std::uint64_t {
        const QueryOptions options = query_options(source);
        Query query =
            transaction_ ? transaction_->prepare(text, options) : store().prepare(text, options);
        std::vector<std::string> given;
        for (const auto& [name, value] : parameters) {
            try {
                query = query.bind(name, value);
                given.push_back(name);
            } catch (const UsageError&) {
                // Parameters are for all statements that follow; this one does not use it.
            }
        }
        warn(text, options, given);
        if (explain == ExplainMode::plan || explain == ExplainMode::analyze) {
            out() << query.explain(explain == ExplainMode::plan ? Query::Explain::plan
                                                                : Query::Explain::analyze)
                  << '\n';
            return 0;
        }
        if (explain == ExplainMode::json) {
            out() << query.explain_json() << '\n';
            return 0;
        }
        Presenter presenter(out(), out_terminal(), presentation, output_prefixes(), err());
        const std::uint64_t count = presenter.present(query);
        out().flush();
        tell_cut(presenter);
        answered_ = count > 0;
        if (count == 0 && query.form() == QueryForm::select) hint_empty(query, text, source);
        return count;
    });
}

// What is correct and hardly meant.
void Session::warn(std::string_view text, const QueryOptions& options,
                   const std::vector<std::string>& given) {
    if (quiet) return;
    QueryOptions own = options;
    const Prefixes stored = store().prefixes();
    own.prefixes.insert(own.prefixes.end(), stored.begin(), stored.end());
    for (const SyntaxError::Details& details : query_warnings(text, own, given)) {
        std::string line = SyntaxError(details).pretty();
        if (const std::size_t found = line.find(" error: "); found != std::string::npos)
            line.replace(found + 1, 6, styled("warning:", Style::error, err_terminal_));
        message(line);
    }
}

// Nothing was found: perhaps the data are in named graphs, or claimed and not asserted.
void Session::hint_empty(const Query&, std::string_view text, const std::string& source) {
    if (quiet || transaction_) return;
    const StoreInfo info = store().info();
    const bool merged = union_default_graph.value_or(info.union_default_graph);
    if (!merged && info.default_graph_statements == 0 && info.named_graphs > 0 &&
        default_graphs.empty()) {
        message(fmt::format(
            "0 rows. The default graph is empty; {} named graph{} hold{} {} "
            "statement{}: add GRAPH ?g {{ ... }} or --union (.union on)",
            info.named_graphs, info.named_graphs == 1 ? "" : "s", info.named_graphs == 1 ? "s" : "",
            grouped(info.statements), info.statements == 1 ? "" : "s"));
        return;
    }
    if (info.triple_terms == 0) return;
    try {
        const ClaimAnswers claims = store().claims(text, query_options(source));
        if (claims.claims == 0) return;
        message(fmt::format(
            "0 rows: nothing asserts this; {} claim{} do{}, from {} origin{} "
            "(.claims)",
            claims.claims, claims.claims == 1 ? "" : "s", claims.claims == 1 ? "es" : "",
            claims.origins, claims.origins == 1 ? "" : "s"));
    } catch (const Error&) {
        // A hint is worth no error: the query has its answer, and this one has no pattern to ask.
    }
}

void Session::tell_cut(const Presenter& presenter) {
    if (presenter.cut())
        message(presentation.limit == 1
                    ? "only the first is shown; .limit 0 shows all"
                    : fmt::format("only the first {} are shown; .limit 0 shows all",
                                  grouped(presentation.limit)));
}

std::uint64_t Session::run_pattern(std::string_view text, const std::string& source) {
    return interruptible([&]() -> std::uint64_t {
        const ClaimAnswers answers = store().claims(text, query_options(source));
        Presenter presenter(out(), out_terminal(), presentation, output_prefixes(), err());
        const std::uint64_t count = presenter.present(answers);
        out().flush();
        tell_cut(presenter);
        answered_ = count > 0;
        return count;
    });
}

UpdateReport Session::run_update(std::string_view text, const std::string& source, bool dry_run) {
    const auto begun = std::chrono::steady_clock::now();
    store();  // its prefixes count
    // A syntax error must not make a store.
    QueryOptions options = query_options(source);
    const std::vector<std::string> variables = update_variables(text, options);
    // Parameters are for all statements that follow; this one may not use all.
    for (const auto& parameter : parameters)
        if (std::find(variables.begin(), variables.end(), parameter.first) != variables.end())
            options.parameters.push_back(parameter);
    Store& target = writable_store();
    const UpdateReport report = interruptible([&] {
        if (transaction_) return transaction_->update(text, options);
        Transaction transaction = target.begin();
        const UpdateReport wanted = transaction.update(text, options);
        if (dry_run) {
            transaction.rollback();
            return wanted;
        }
        return transaction.commit();
    });
    const char* tense = dry_run ? "would be " : "";
    std::string line;
    if (transaction_)
        line = fmt::format("{} to insert, {} to remove at the commit", grouped(report.inserted),
                           grouped(report.removed));
    else
        line = fmt::format("{} {}inserted, {} {}removed", grouped(report.inserted), tense,
                           grouped(report.removed), tense);
    if (report.reifiers_inserted + report.reifiers_removed > 0)
        line += fmt::format(
            " ({} reifier{} touched; their propositions are neither asserted nor "
            "retracted by that)",
            report.reifiers_inserted + report.reifiers_removed,
            report.reifiers_inserted + report.reifiers_removed == 1 ? "" : "s");
    if (presentation.timer || out_terminal_.is_terminal)
        line += fmt::format(
            " · {:.3f} s",
            std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count());
    message(line);
    if (union_default_graph.value_or(target.info().union_default_graph) && report.inserted > 0 &&
        verbose)
        message("templates without GRAPH wrote the default graph");
    return report;
}

void Session::begin() {
    if (transaction_) throw UsageError("a transaction is open already");
    transaction_ = writable_store().begin();
}

UpdateReport Session::commit() {
    if (!transaction_) throw UsageError("no transaction is open; .begin opens one");
    Transaction transaction = std::move(*transaction_);
    transaction_.reset();
    return transaction.commit();
}

void Session::rollback() {
    if (!transaction_) throw UsageError("no transaction is open; .begin opens one");
    transaction_.reset();
}

// ---- output ---------------------------------------------------------------------------------

Terminal Session::out_terminal() const {
    if (!once_ && !output_) return out_terminal_;
    return Terminal{};
}

void Session::redirect(const std::string& file, bool once, bool overwrite) {
    std::unique_ptr<std::ostream>& target = once ? once_ : output_;
    end_stream(target);
    if (once) once_file_.clear();
    if (file.starts_with('|'))
        target = std::make_unique<PipeStream>(file.substr(1));
    else if (!file.empty() && file != "-") {
        const auto compression = compression_of_file(file);
        target = create_file(file, overwrite || force);
        if (compression) target = std::make_unique<CompressedFile>(std::move(target), *compression);
    }
    if (once && target && !file.starts_with('|')) once_file_ = file;
}

void Session::end_stream(std::unique_ptr<std::ostream>& stream) {
    // Taken first: what fails here is not to be ended again.
    const std::unique_ptr<std::ostream> ended = std::move(stream);
    if (auto* compressed = dynamic_cast<CompressedStream*>(ended.get())) compressed->finish();
}

void Session::discard_once() {
    if (!once_) return;
    once_.reset();
    std::error_code error;
    if (!once_file_.empty() && std::filesystem::is_regular_file(once_file_, error) &&
        !std::filesystem::is_symlink(once_file_, error))
        std::filesystem::remove(once_file_, error);
}

void Session::message(std::string_view text) {
    if (!quiet) err() << text << '\n';
}

}  // namespace dossier::shell
