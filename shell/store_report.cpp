#include "shell/store_report.h"

#include <fmt/core.h>

#include <map>
#include <ostream>

#include "shell/loading.h"

namespace dossier::shell {

namespace {

// A list as a table on a terminal, else as lines of TSV.
class List {
  public:
    List(Session& session, std::vector<std::string> header)
        : session_(session),
          header_(header),
          table_(std::move(header), TableStyle::box, session.out_terminal()) {
        const Mode mode = session.presentation.mode;
        plain_ =
            mode != Mode::table && !(mode == Mode::automatic && session.out_terminal().is_terminal);
        objects_ = mode == Mode::json || mode == Mode::jsonl;
        if (plain_ && !objects_) print(header_);
    }
    void add(std::vector<Cell> row) {
        ++count_;
        if (!plain_) {
            // On a terminal the first ones, as with results.
            const std::size_t limit = session_.presentation.max_rows;
            if (!session_.out_terminal().is_terminal || limit == 0 || count_ <= limit)
                table_.add(row);
            else
                ++left_out_;
            return;
        }
        if (objects_) {
            // An object a line; numbers bare.
            std::string line = "{";
            for (std::size_t i = 0; i < row.size(); ++i) {
                if (i > 0) line += ',';
                append_json_string(line, header_[i]);
                line += ':';
                if (row[i].number)
                    line += row[i].text;
                else
                    append_json_string(line, row[i].text);
            }
            session_.out() << line << "}\n";
            return;
        }
        std::vector<std::string> texts;
        for (const Cell& cell : row) texts.push_back(cell.text);
        print(texts);
    }
    ~List() {
        if (plain_) return;
        table_.print(session_.out());
        if (left_out_ > 0)
            session_.out() << grouped(count_) << " rows (" << grouped(count_ - left_out_)
                           << " shown; .maxrows 0 shows all)\n";
    }

  private:
    void print(const std::vector<std::string>& texts) {
        const bool csv = session_.presentation.mode == Mode::csv;
        for (std::size_t i = 0; i < texts.size(); ++i)
            session_.out() << (i == 0 ? ""
                               : csv  ? ","
                                      : "\t")
                           << (csv ? csv_field(texts[i]) : texts[i]);
        session_.out() << (csv ? "\r\n" : "\n");
    }
    static std::string csv_field(const std::string& text) {
        if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
        std::string field = "\"";
        for (const char c : text) field += c == '"' ? std::string("\"\"") : std::string(1, c);
        return field + '"';
    }

    Session& session_;
    std::vector<std::string> header_;
    Table table_;
    bool plain_ = false;
    bool objects_ = false;
    std::uint64_t count_ = 0, left_out_ = 0;
};

class Shortener {
  public:
    explicit Shortener(Session& session) : full_(session.presentation.full_iris) {
        for (const auto& [name, iri] : session.output_prefixes())
            if (!prefixes_.contains(name)) prefixes_.set(name, iri);
    }
    std::string operator()(const Term& term) const {
        std::string text, visible;
        append_turtle(text, term.view(), full_ ? nullptr : &prefixes_);
        append_visible(visible, text);
        return visible;
    }

  private:
    PrefixMap prefixes_;
    bool full_;
};

Cell count_cell(Session& session, std::uint64_t number) {
    const Mode mode = session.presentation.mode;
    const bool for_people =
        mode == Mode::table || (mode == Mode::automatic && session.out_terminal().is_terminal);
    return {for_people ? grouped(number) : std::to_string(number), "", true};
}

// As parse_size() reads it: in the largest unit that leaves nothing over.
std::string size_as_written(std::size_t bytes) {
    const char* unit = "";
    for (const char* larger : {"K", "M", "G"}) {
        if (bytes == 0 || bytes % 1024 != 0) break;
        bytes /= 1024;
        unit = larger;
    }
    return std::to_string(bytes) + unit;
}

}  // namespace

void print_info(Session& session, bool json) {
    const StoreInfo info = session.store().info();
    std::ostream& out = session.out();
    if (json) {
        std::string path;
        append_json_string(path, info.path);
        out << fmt::format(
            "{{\"path\":{},\"uuid\":\"{}\",\"epoch\":{},\"format_version\":{},\"commits\":{},"
            "\"statements\":{},\"default_graph_statements\":{},\"named_graphs\":{},\"terms\":{},"
            "\"triple_terms\":{},\"bytes_on_disk\":{},\"unfolded_changes\":{},"
            "\"union_default_graph\":{}}}\n",
            path, info.uuid, info.epoch, info.format_version, info.commits, info.statements,
            info.default_graph_statements, info.named_graphs, info.terms, info.triple_terms,
            info.bytes_on_disk, info.unfolded_changes, info.union_default_graph);
        return;
    }
    const auto line = [&](std::string_view name, const std::string& value) {
        out << fmt::format("{:<18} {}\n", name, value);
    };
    line("store", info.path.empty() ? "in memory" : info.path);
    line("uuid", info.uuid);
    line("format version", std::to_string(info.format_version));
    line("commits", grouped(info.commits));
    line("statements", grouped(info.statements));
    line("default graph", grouped(info.default_graph_statements));
    line("named graphs", grouped(info.named_graphs));
    line("terms", grouped(info.terms));
    line("triple terms", grouped(info.triple_terms));
    if (!info.path.empty()) {
        std::string size = human_bytes(info.bytes_on_disk);
        if (info.statements > 0)
            size += fmt::format(" ({:.1f} a statement)", static_cast<double>(info.bytes_on_disk) /
                                                             static_cast<double>(info.statements));
        line("on disk", size);
    }
    line("unfolded changes", grouped(info.unfolded_changes));
    line("union", info.union_default_graph ? "on" : "off");
    line("durability", info.durability == Durability::durable ? "durable" : "relaxed");
}

void print_graphs(Session& session) {
    const Shortener shortened(session);
    List list(session, {"graph", "statements"});
    for (const GraphStatistics& graph : session.store().graph_statistics())
        list.add({{graph.graph.text().empty() ? "default" : shortened(graph.graph)},
                  count_cell(session, graph.statements)});
}

void print_predicates(Session& session, const std::string& text) {
    const Shortener shortened(session);
    List list(session, {"predicate", "statements", "subjects", "objects"});
    for (const PredicateCount& count : session.store().predicates()) {
        if (count.predicate.text().find(text) == std::string_view::npos) continue;
        list.add({{shortened(count.predicate)},
                  count_cell(session, count.statements),
                  count_cell(session, count.distinct_subjects),
                  count_cell(session, count.distinct_objects)});
    }
}

void print_classes(Session& session, const std::string& text) {
    const Shortener shortened(session);
    List list(session, {"class", "instances"});
    for (const ClassCount& count : session.store().classes()) {
        if (count.type.text().find(text) == std::string_view::npos) continue;
        list.add({{shortened(count.type)}, count_cell(session, count.instances)});
    }
}

void print_prefixes(Session& session, bool all) {
    List list(session, {"prefix", "IRI", "from"});
    const auto add = [&](const Prefixes& prefixes, const char* from) {
        for (const auto& [name, iri] : prefixes) list.add({{name + ":"}, {iri}, {from}});
    };
    add(session.session_prefixes, "session");
    add(session.store().prefixes(), "store");
    if (!all) return;
    add(session.user_prefixes, "user");
    add(Store::well_known_prefixes(), "well known");
}

void print_store_settings(Session& session) {
    std::map<std::string, std::string> all{{"durability", "durable"}, {"union", "off"}};
    for (const auto& [name, value] : session.store().settings()) all[name] = value;
    for (const auto& [name, value] : all) session.out() << name << ' ' << value << '\n';
}

void print_settings(Session& session) {
    std::ostream& out = session.out();
    const Presentation& look = session.presentation;
    const auto on_off = [](bool value) { return value ? "on" : "off"; };
    const auto line = [&](std::string_view name, const std::string& value) {
        out << fmt::format("{:<12} {}\n", name, value);
    };
    line("store", session.path().empty() ? "in memory" : session.path());
    line("mode", std::string(name_of(look.mode)));
    line("headers", on_off(look.headers));
    line("nullvalue", "\"" + look.null_value + "\"");
    line("maxrows", std::to_string(look.max_rows));
    line("limit", look.limit == 0 ? "off" : std::to_string(look.limit));
    line("log", session.log().file().empty() ? "off" : session.log().file());
    line("maxwidth", std::to_string(look.max_width));
    line("iris", look.full_iris ? "full" : "short");
    line("types", on_off(look.types));
    line("timer", on_off(look.timer));
    line("union",
         session.union_default_graph ? on_off(*session.union_default_graph) : "as the store");
    line("timeout",
         session.timeout ? fmt::format("{} ms", session.timeout->count() / 1'000'000) : "off");
    line("memory", size_as_written(session.memory));
    line("cache", size_as_written(session.cache));
    line("threads", session.threads == 0 ? "all" : std::to_string(session.threads));
    line("bail", on_off(session.bail));
    line("echo", on_off(session.echo));
    line("safe", on_off(session.safe));
}

}  // namespace dossier::shell
