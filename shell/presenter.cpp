#include "shell/presenter.h"

#include <fmt/core.h>

#include <algorithm>
#include <deque>
#include <limits>
#include <ostream>
#include <sstream>

#include "shell/pipe_stream.h"

namespace dossier::shell {

namespace {

constexpr std::string_view xsd = "http://www.w3.org/2001/XMLSchema#";

bool is_number(const TermView& term) {
    if (!term.is_literal() || !term.language().empty()) return false;
    std::string_view type = term.datatype();
    if (!type.starts_with(xsd)) return false;
    type.remove_prefix(xsd.size());
    return type == "integer" || type == "decimal" || type == "double" || type == "float" ||
           type.find("nteger") != std::string_view::npos || type == "int" || type == "long" ||
           type == "short" || type == "byte" || type.starts_with("unsigned");
}

// A plain JSON value: numbers and booleans bare where JSON has them, else a string.
void append_json_value(std::string& out, const TermView& term) {
    if (term.is_literal() && term.datatype() == std::string(xsd) + "boolean") {
        if (const auto value = value_of<bool>(term)) {
            out += *value ? "true" : "false";
            return;
        }
    }
    if (is_number(term)) {
        if (const auto integer = value_of<long>(term)) {
            out += std::to_string(*integer);
            return;
        }
        if (const auto real = value_of<double>(term); real && *real - *real == 0) {
            out += fmt::format("{}", *real);
            return;
        }
    }
    std::string text;
    if (term.is_blank_node()) text = "_:";
    text += value_of<std::string>(term).value_or("");
    append_json_string(out, text);
}

std::string escaped_html(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '&':
                out += "&amp;";
                break;
            case '"':
                out += "&quot;";
                break;
            default:
                out += c;
        }
    }
    return out;
}

DataFormat data_format(Mode mode) {
    switch (mode) {
        case Mode::turtle:
            return DataFormat::turtle;
        case Mode::trig:
            return DataFormat::trig;
        case Mode::nquads:
            return DataFormat::nquads;
        case Mode::rdfxml:
            return DataFormat::rdf_xml;
        default:
            return DataFormat::ntriples;
    }
}

bool is_graph_mode(Mode mode) {
    return mode >= Mode::turtle;
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
    out += '"';
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (static_cast<unsigned char>(c) < 0x20) {
            out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
        } else {
            out += c;
        }
    }
    out += '"';
}

std::string grouped(std::uint64_t number) {
    std::string digits = std::to_string(number);
    for (std::size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, " ");
    return digits;
}

Presenter::Presenter(std::ostream& out, Terminal terminal, const Presentation& presentation,
                     const Prefixes& prefixes, std::ostream& messages)
    : out_(out), messages_(messages), terminal_(terminal), presentation_(presentation) {
    if (terminal_.is_terminal) visible_ = std::make_unique<VisibleStream>(out_);
    for (const auto& [name, iri] : prefixes)
        if (!prefixes_.contains(name)) prefixes_.set(name, iri);
}

Mode Presenter::row_mode() const {
    if (presentation_.mode == Mode::automatic || is_graph_mode(presentation_.mode))
        return terminal_.is_terminal ? Mode::table : Mode::tsv;
    return presentation_.mode;
}

Mode Presenter::graph_mode() const {
    if (is_graph_mode(presentation_.mode) || presentation_.mode == Mode::table ||
        presentation_.mode == Mode::count || presentation_.mode == Mode::none)
        return presentation_.mode;
    // XML is one thing for rows and another for statements.
    if (presentation_.mode == Mode::xml) return Mode::rdfxml;
    return terminal_.is_terminal ? Mode::turtle : Mode::ntriples;
}

std::uint64_t Presenter::most() const {
    return presentation_.limit == 0 ? std::numeric_limits<std::uint64_t>::max()
                                    : presentation_.limit;
}

void Presenter::fill(Cell& cell, const TermView& term) const {
    cell.text.clear();
    cell.note.clear();
    cell.number = false;
    if (!term.is_literal()) {
        std::string text;
        append_turtle(text, term, presentation_.full_iris ? nullptr : &prefixes_);
        append_visible(cell.text, text);
        return;
    }
    append_visible(cell.text, term.text());
    cell.number = is_number(term);
    if (!presentation_.types) return;
    if (!term.language().empty()) {
        cell.note = "@" + std::string(term.language());
    } else if (term.datatype() != std::string(xsd) + "string") {
        cell.note = "^^";
        append_turtle(cell.note, TermView::iri(term.datatype()), &prefixes_);
    }
}

Cell Presenter::cell(const TermView& term) const {
    Cell result;
    fill(result, term);
    return result;
}

void Presenter::footer(std::uint64_t rows, std::uint64_t shown, std::string_view what,
                       bool for_people) {
    text().flush();
    const bool below = for_people && terminal_.is_terminal;
    if (!below && !presentation_.timer) return;
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
    std::string line = grouped(rows) + " " + std::string(what) + (rows == 1 ? "" : "s");
    if (shown < rows) line += " (" + grouped(shown) + " shown)";
    line += fmt::format(" · {:.3f} s", seconds);
    if (below)
        out_ << styled(line, Style::dim, terminal_) << '\n';
    else
        messages_ << line << '\n';
}

// Through the pager when it would not fit the screen.
void Presenter::print(const Table& table) {
    const auto print_to = [&](std::ostream& out) {
        if (table.too_wide())
            table.print_lines(out);
        else
            table.print(out);
    };
    if (!terminal_.is_terminal || presentation_.pager.empty()) {
        print_to(out_);
        return;
    }
    std::ostringstream drawn;
    print_to(drawn);
    const std::string text = drawn.str();
    const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
    if (lines + 1 < terminal_.height) {
        out_ << text;
        return;
    }
    out_.flush();
    PipeStream(presentation_.pager) << text;
}

std::uint64_t Presenter::present(const Query& query) {
    switch (query.form()) {
        case QueryForm::ask: {
            const Mode mode = row_mode();
            return present_boolean(query.ask(), mode) ? 1 : 0;
        }
        case QueryForm::select:
            return present_rows(query, row_mode());
        case QueryForm::construct:
        case QueryForm::describe:
            break;
    }
    return present_graph(query, graph_mode());
}

bool Presenter::present_boolean(bool answer, Mode mode) {
    const char* word = answer ? "true" : "false";
    if (mode == Mode::json)
        out_ << "{\"head\":{},\"boolean\":" << word << "}\n";
    else if (mode == Mode::xml)
        out_ << "<?xml version=\"1.0\"?>\n"
                "<sparql xmlns=\"http://www.w3.org/2005/sparql-results#\">\n<head/>\n<boolean>"
             << word << "</boolean>\n</sparql>\n";
    else if (mode != Mode::none)
        out_ << word << '\n';
    return answer;
}

std::uint64_t Presenter::present_rows(const Query& query, Mode mode) {
    const auto written = [&](ResultFormat format) {
        const std::uint64_t found = query.write(format, text(), most());
        cut_ = found > most();
        const std::uint64_t count = std::min(found, most());
        footer(count, count, "row", false);
        return count;
    };
    switch (mode) {
        case Mode::csv:
            return written(ResultFormat::csv);
        case Mode::tsv:
            return written(ResultFormat::tsv);
        case Mode::json:
            return written(ResultFormat::json);
        case Mode::xml:
            return written(ResultFormat::xml);
        default:
            break;
    }
    std::ostream& out = text();
    Rows rows = query.rows();
    const std::vector<std::string> names = rows.variables();
    if (mode == Mode::table || mode == Mode::ascii || mode == Mode::markdown) {
        const TableStyle style = mode == Mode::table   ? TableStyle::box
                                 : mode == Mode::ascii ? TableStyle::ascii
                                                       : TableStyle::markdown;
        return present_table(names, style, [&](std::vector<Cell>& cells) {
            if (!rows.next()) return false;
            const Row row = rows.row();
            cells.resize(names.size());
            for (std::size_t i = 0; i < names.size(); ++i) {
                if (row.bound(i))
                    fill(cells[i], row[i]);
                else
                    cells[i] = Cell{presentation_.null_value};
            }
            return true;
        });
    }
    std::uint64_t count = 0;
    std::string line;
    if (mode == Mode::list && presentation_.headers) {
        for (std::size_t i = 0; i < names.size(); ++i) out << (i > 0 ? "|" : "") << names[i];
        out << '\n';
    }
    if (mode == Mode::html) {
        out << "<table>\n<tr>";
        for (const std::string& name : names) out << "<th>" << escaped_html(name) << "</th>";
        out << "</tr>\n";
    }
    while (rows.next()) {
        if (count == most() && mode != Mode::count && mode != Mode::none) {
            cut_ = true;
            break;
        }
        ++count;
        const Row row = rows.row();
        line.clear();
        switch (mode) {
            case Mode::jsonl:
                line += '{';
                for (std::size_t i = 0; i < names.size(); ++i) {
                    if (i > 0) line += ',';
                    append_json_string(line, names[i]);
                    line += ':';
                    if (row.bound(i))
                        append_json_value(line, row[i]);
                    else
                        line += "null";
                }
                line += "}\n";
                break;
            case Mode::html:
                line += "<tr>";
                for (std::size_t i = 0; i < names.size(); ++i)
                    line +=
                        "<td>" +
                        escaped_html(row.bound(i) ? cell(row[i]).text : presentation_.null_value) +
                        "</td>";
                line += "</tr>\n";
                break;
            case Mode::line:
                if (count > 1) line += '\n';
                for (std::size_t i = 0; i < names.size(); ++i) {
                    const Cell value = row.bound(i) ? cell(row[i]) : Cell{presentation_.null_value};
                    line += names[i] + " = " + value.text + value.note + '\n';
                }
                break;
            case Mode::list:
                for (std::size_t i = 0; i < names.size(); ++i) {
                    if (i > 0) line += '|';
                    line += row.bound(i) ? cell(row[i]).text : presentation_.null_value;
                }
                line += '\n';
                break;
            default:
                break;
        }
        out << line;
    }
    if (mode == Mode::html) out << "</table>\n";
    if (mode == Mode::count) out << count << '\n';
    footer(count, count, "row", mode == Mode::line);
    return count;
}

std::uint64_t Presenter::present_table(const std::vector<std::string>& header, TableStyle style,
                                       const std::function<bool(std::vector<Cell>&)>& next) {
    // On a terminal only the first and the last rows are kept, however many there are.
    const std::size_t limit = terminal_.is_terminal ? presentation_.max_rows : 0;
    const std::size_t first = limit == 0 ? 0 : (limit + 1) / 2;
    const std::size_t last = limit - first;
    Table table(header, style, terminal_);
    table.set_max_width(presentation_.max_width);
    std::deque<std::vector<Cell>> tail;
    std::uint64_t count = 0;
    std::vector<Cell> row;
    while (next(row)) {
        if (count == most()) {
            cut_ = true;
            break;
        }
        ++count;
        if (limit == 0 || count <= first) {
            table.add(row);
        } else {
            tail.push_back(row);
            if (tail.size() > last) tail.pop_front();
        }
    }
    const std::uint64_t shown = limit == 0 ? count : std::min<std::uint64_t>(count, limit);
    if (shown < count) table.add_gap();
    for (const auto& kept : tail) table.add(kept);
    if (header.empty() && style != TableStyle::markdown) {
        // SELECT * over a pattern without variables: there are rows, but nothing to show of them.
        out_ << grouped(count) << (count == 1 ? " row" : " rows") << " without columns\n";
        return count;
    }
    if (style == TableStyle::markdown)
        table.print(text());
    else
        print(table);
    footer(count, shown, "row", style != TableStyle::markdown);
    return count;
}

std::uint64_t Presenter::present_graph(const Query& query, Mode mode) {
    if (mode == Mode::table || mode == Mode::count || mode == Mode::none)
        return present(query.graph(), false);
    const std::uint64_t found = query.write(data_format(mode), text(), most());
    cut_ = found > most();
    const std::uint64_t count = std::min(found, most());
    footer(count, count, "statement", true);
    return count;
}

std::uint64_t Presenter::present(Graph graph, bool quads) {
    std::vector<std::string> header{"subject", "predicate", "object"};
    if (quads) header.emplace_back("graph");
    if (presentation_.mode == Mode::count || presentation_.mode == Mode::none) {
        std::uint64_t count = 0;
        while (graph.next()) ++count;
        if (presentation_.mode == Mode::count) out_ << count << '\n';
        return count;
    }
    return present_table(header, TableStyle::box, [&](std::vector<Cell>& cells) {
        if (!graph.next()) return false;
        const QuadView statement = graph.statement();
        cells = {cell(statement.subject), cell(statement.predicate), cell(statement.object)};
        if (quads) cells.push_back(statement.in_default_graph() ? Cell{} : cell(statement.graph));
        return true;
    });
}

std::uint64_t Presenter::present(const ClaimAnswers& answers) {
    const Mode mode = row_mode();
    bool variants = false;
    for (const ClaimAnswer& answer : answers.answers)
        variants = variants || !answer.variant.empty();
    std::vector<std::string> header = answers.variables;
    header.insert(header.end(), {"status", "said by", "denied by", "origins"});
    if (variants) header.emplace_back("variant");
    const auto joined = [&](const std::vector<Term>& terms) {
        std::string text;
        for (const Term& term : terms) text += (text.empty() ? "" : ", ") + cell(term.view()).text;
        return text;
    };
    std::size_t next = 0;
    const auto next_row = [&](std::vector<Cell>& cells) {
        if (next == answers.answers.size()) return false;
        if (next == most()) {
            cut_ = true;
            return false;
        }
        cells.clear();
        const ClaimAnswer& answer = answers.answers[next++];
        for (const auto& value : answer.values)
            cells.push_back(value ? cell(value->view()) : Cell{presentation_.null_value});
        cells.push_back({std::string(to_string(answer.status))});
        cells.push_back({joined(answer.said_by)});
        cells.push_back({joined(answer.denied_by)});
        std::string origins = std::to_string(answer.origins);
        if (answer.unnamed_origins > 0)
            origins += " + " + std::to_string(answer.unnamed_origins) + " unnamed";
        cells.push_back({origins, "", answer.unnamed_origins == 0});
        if (variants) cells.push_back({answer.variant});
        return true;
    };
    if (mode == Mode::count || mode == Mode::none) {
        if (mode == Mode::count) out_ << answers.answers.size() << '\n';
        return answers.answers.size();
    }
    if (mode == Mode::table || mode == Mode::ascii || mode == Mode::markdown) {
        const TableStyle style = mode == Mode::table   ? TableStyle::box
                                 : mode == Mode::ascii ? TableStyle::ascii
                                                       : TableStyle::markdown;
        present_table(header, style, next_row);
    } else if (mode == Mode::json || mode == Mode::jsonl) {
        std::vector<Cell> cells;
        while (next_row(cells)) {
            std::string line = "{";
            for (std::size_t i = 0; i < cells.size(); ++i) {
                if (i > 0) line += ',';
                append_json_string(line, header[i]);
                line += ':';
                append_json_string(line, cells[i].text);
            }
            out_ << line << "}\n";
        }
    } else if (mode == Mode::line) {
        Table table(header, TableStyle::box, terminal_);
        std::vector<Cell> cells;
        while (next_row(cells)) table.add(cells);
        table.print_lines(out_);
        footer(next, next, "row", true);
    } else {
        // The answers are no SPARQL results, so their separated forms hold plain texts.
        const char* separator = mode == Mode::csv ? "," : mode == Mode::list ? "|" : "\t";
        const auto quoted = [&](const std::string& text) {
            if (mode != Mode::csv || text.find_first_of(",\"\n") == std::string::npos) return text;
            std::string result = "\"";
            for (const char c : text) result += c == '"' ? std::string("\"\"") : std::string(1, c);
            return result + "\"";
        };
        std::vector<Cell> cells;
        if (presentation_.headers) {
            for (std::size_t i = 0; i < header.size(); ++i)
                out_ << (i > 0 ? separator : "") << quoted(header[i]);
            out_ << '\n';
        }
        while (next_row(cells)) {
            for (std::size_t i = 0; i < cells.size(); ++i)
                out_ << (i > 0 ? separator : "") << quoted(cells[i].text);
            out_ << '\n';
        }
    }
    for (const std::string& note : answers.notes)
        (terminal_.is_terminal ? out_ : messages_) << "note: " << note << '\n';
    return answers.answers.size();
}

}  // namespace dossier::shell
