#include <algorithm>
#include <memory>
#include <stdexcept>
#include <type_traits>

#include <expat.h>

#include "rdf/unicode.h"
#include "rdf/vocabulary.h"
#include "tests/conformance/result_table.h"

namespace dossier::conformance {

namespace {

[[noreturn]] void fail(const std::string& reason) {
    throw std::runtime_error("the results cannot be read: " + reason);
}

Direction direction_of(std::string_view text) {
    return text == "ltr"   ? Direction::left_to_right
           : text == "rtl" ? Direction::right_to_left
                           : Direction::none;
}

Term literal(std::string text, const std::string& datatype, const std::string& language,
             std::string_view direction) {
    if (!language.empty()) {
        return Term::language_literal(std::move(text), language, direction_of(direction));
    }
    return datatype.empty() ? Term::literal(std::move(text))
                            : Term::literal(std::move(text), datatype);
}

// --- XML, as a tree: the documents are small.

struct Element {
    std::string name;  // without namespace
    std::map<std::string, std::string> attributes;
    std::string text;
    std::vector<std::unique_ptr<Element>> children;
    Element* parent = nullptr;

    const Element* child(std::string_view wanted) const {
        for (const auto& element : children) {
            if (element->name == wanted) return element.get();
        }
        return nullptr;
    }
    std::string attribute(const std::string& wanted) const {
        const auto found = attributes.find(wanted);
        return found == attributes.end() ? std::string() : found->second;
    }
};

std::string local_name(const char* name) {
    const std::string_view text(name);
    return std::string(text.substr(text.find('|') + 1));
}

std::unique_ptr<Element> read_xml(std::string_view text) {
    auto root = std::make_unique<Element>();
    Element* open = root.get();
    const std::unique_ptr<std::remove_pointer_t<XML_Parser>, decltype(&XML_ParserFree)> parser(
        XML_ParserCreateNS(nullptr, '|'), XML_ParserFree);
    XML_SetUserData(parser.get(), &open);
    XML_SetElementHandler(
        parser.get(),
        [](void* data, const char* name, const char** attributes) {
            Element*& current = *static_cast<Element**>(data);
            current->children.push_back(std::make_unique<Element>());
            Element* element = current->children.back().get();
            element->name = local_name(name);
            element->parent = current;
            for (; *attributes != nullptr; attributes += 2) {
                element->attributes[local_name(attributes[0])] = attributes[1];
            }
            current = element;
        },
        [](void* data, const char*) {
            Element*& current = *static_cast<Element**>(data);
            current = current->parent;
        });
    XML_SetCharacterDataHandler(parser.get(), [](void* data, const char* part, int size) {
        (*static_cast<Element**>(data))->text.append(part, static_cast<std::size_t>(size));
    });
    if (XML_Parse(parser.get(), text.data(), static_cast<int>(text.size()), 1) ==
        XML_STATUS_ERROR) {
        fail("not well-formed XML");
    }
    return root;
}

Term xml_term(const Element& holder) {
    if (holder.children.size() != 1) fail("a binding holds one term");
    const Element& element = *holder.children.front();
    if (element.name == "uri") return Term::iri(element.text);
    if (element.name == "bnode") return Term::blank_node(element.text);
    if (element.name == "literal") {
        return literal(element.text, element.attribute("datatype"), element.attribute("lang"),
                       element.attribute("dir"));
    }
    if (element.name == "triple") {
        const Element* subject = element.child("subject");
        const Element* predicate = element.child("predicate");
        const Element* object = element.child("object");
        if (!subject || !predicate || !object) fail("a triple has three terms");
        return Term::triple(xml_term(*subject), xml_term(*predicate), xml_term(*object));
    }
    fail("unknown element " + element.name);
}

// --- JSON, as a tree.

struct Json {
    enum class Kind { null, boolean, number, string, array, object };
    Kind kind = Kind::null;
    bool boolean = false;
    std::string text;
    std::vector<Json> items;
    std::vector<std::pair<std::string, Json>> members;

    const Json* member(std::string_view name) const {
        for (const auto& [key, value] : members) {
            if (key == name) return &value;
        }
        return nullptr;
    }
    std::string string(std::string_view name) const {
        const Json* found = member(name);
        return found == nullptr ? std::string() : found->text;
    }
};

class JsonReader {
  public:
    explicit JsonReader(std::string_view text) : text_(text) {}

    Json read() {
        Json value = read_value(0);
        skip_space();
        if (at_ != text_.size()) fail("text behind the JSON document");
        return value;
    }

  private:
    void skip_space() { at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size()); }
    char next() {
        if (at_ == text_.size()) fail("the JSON document is cut off");
        return text_[at_++];
    }
    bool take(char wanted) {
        skip_space();
        if (at_ == text_.size() || text_[at_] != wanted) return false;
        ++at_;
        return true;
    }
    void expect(char wanted) {
        if (!take(wanted)) fail(std::string("expected ") + wanted + " in JSON");
    }
    bool take_word(std::string_view word) {
        if (!text_.substr(at_).starts_with(word)) return false;
        at_ += word.size();
        return true;
    }

    Json read_value(int depth) {
        if (depth > 200) fail("JSON nested too deep");
        Json value;
        skip_space();
        if (take('{')) {
            value.kind = Json::Kind::object;
            if (take('}')) return value;
            do {
                skip_space();
                std::string key = read_string();
                expect(':');
                value.members.emplace_back(std::move(key), read_value(depth + 1));
            } while (take(','));
            expect('}');
        } else if (take('[')) {
            value.kind = Json::Kind::array;
            if (take(']')) return value;
            do {
                value.items.push_back(read_value(depth + 1));
            } while (take(','));
            expect(']');
        } else if (at_ < text_.size() && text_[at_] == '"') {
            value.kind = Json::Kind::string;
            value.text = read_string();
        } else if (take_word("true")) {
            value.kind = Json::Kind::boolean;
            value.boolean = true;
        } else if (take_word("false")) {
            value.kind = Json::Kind::boolean;
        } else if (!take_word("null")) {
            value.kind = Json::Kind::number;
            const std::size_t end =
                std::min(text_.find_first_not_of("+-.0123456789eE", at_), text_.size());
            if (end == at_) fail("no value in JSON");
            value.text = text_.substr(at_, end - at_);
            at_ = end;
        }
        return value;
    }

    char32_t read_hex() {
        char32_t value = 0;
        for (int i = 0; i < 4; ++i) {
            const char c = next();
            const std::size_t digit =
                std::string_view("0123456789abcdef")
                    .find(static_cast<char>(c >= 'A' && c <= 'F' ? c | 0x20 : c));
            if (digit == std::string_view::npos) fail("a wrong \\u in JSON");
            value = value * 16 + static_cast<char32_t>(digit);
        }
        return value;
    }

    std::string read_string() {
        expect('"');
        std::string out;
        for (char c = next(); c != '"'; c = next()) {
            if (c != '\\') {
                out += c;
                continue;
            }
            c = next();
            if (c == 'u') {
                char32_t code = read_hex();
                if (code >= 0xD800 && code < 0xDC00) {
                    if (next() != '\\' || next() != 'u') fail("half a surrogate pair in JSON");
                    code = 0x10000 + ((code - 0xD800) << 10) + (read_hex() - 0xDC00);
                }
                append_utf8(out, code);
                continue;
            }
            const std::size_t known = std::string_view("bfnrt").find(c);
            out += known == std::string_view::npos ? c : "\b\f\n\r\t"[known];
        }
        return out;
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

Term json_term(const Json& json) {
    const std::string type = json.string("type");
    if (type == "uri") return Term::iri(json.string("value"));
    if (type == "bnode") return Term::blank_node(json.string("value"));
    if (type == "literal" || type == "typed-literal") {
        return literal(json.string("value"), json.string("datatype"), json.string("xml:lang"),
                       json.string("its:dir"));
    }
    const Json* value = json.member("value");
    if (type == "triple" && value != nullptr) {
        const Json* subject = value->member("subject");
        const Json* predicate = value->member("predicate");
        const Json* object = value->member("object");
        if (subject && predicate && object) {
            return Term::triple(json_term(*subject), json_term(*predicate), json_term(*object));
        }
    }
    fail("an unknown term in JSON: " + type);
}

// --- CSV and TSV.

std::vector<std::vector<std::string>> read_cells(std::string_view text, char separator,
                                                 bool quotes) {
    std::vector<std::vector<std::string>> lines;
    std::vector<std::string> line(1);
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (quoted) {
            if (c != '"') {
                line.back() += c;
            } else if (i + 1 < text.size() && text[i + 1] == '"') {
                line.back() += text[++i];
            } else {
                quoted = false;
            }
        } else if (quotes && c == '"') {
            quoted = true;
        } else if (c == separator) {
            line.emplace_back();
        } else if (c == '\n') {
            lines.push_back(std::move(line));
            line.assign(1, {});
        } else if (c != '\r') {
            line.back() += c;
        }
    }
    if (line.size() > 1 || !line.front().empty()) lines.push_back(std::move(line));
    if (lines.empty()) fail("no header");
    return lines;
}

template <typename ReadTerm>
ResultTable table_of_cells(const std::vector<std::vector<std::string>>& lines, ReadTerm read_term) {
    ResultTable table;
    for (const std::string& name : lines.front()) {
        table.variables.push_back(name.starts_with('?') ? name.substr(1) : name);
    }
    if (table.variables.size() == 1 && table.variables.front().empty()) table.variables.clear();
    for (std::size_t i = 1; i < lines.size(); ++i) {
        ResultTable::Row row;
        for (std::size_t column = 0; column < table.variables.size(); ++column) {
            if (column >= lines[i].size()) fail("a line is too short");
            if (!lines[i][column].empty()) {
                row.emplace(table.variables[column], read_term(lines[i][column]));
            }
        }
        table.rows.push_back(std::move(row));
    }
    return table;
}

}  // namespace

ResultTable read_xml_results(std::string_view text) {
    const auto document = read_xml(text);
    const Element* sparql = document->child("sparql");
    if (sparql == nullptr) fail("no <sparql>");
    ResultTable table;
    if (const Element* head = sparql->child("head")) {
        for (const auto& element : head->children) {
            if (element->name == "variable") table.variables.push_back(element->attribute("name"));
        }
    }
    if (const Element* boolean = sparql->child("boolean")) {
        table.boolean = boolean->text.find("true") != std::string::npos;
        return table;
    }
    const Element* results = sparql->child("results");
    if (results == nullptr) fail("no <results>");
    for (const auto& result : results->children) {
        ResultTable::Row row;
        for (const auto& binding : result->children) {
            row.emplace(binding->attribute("name"), xml_term(*binding));
        }
        table.rows.push_back(std::move(row));
    }
    return table;
}

ResultTable read_json_results(std::string_view text) {
    const Json json = JsonReader(text).read();
    ResultTable table;
    if (const Json* head = json.member("head")) {
        if (const Json* variables = head->member("vars")) {
            for (const Json& name : variables->items) table.variables.push_back(name.text);
        }
    }
    if (const Json* boolean = json.member("boolean")) {
        table.boolean = boolean->boolean;
        return table;
    }
    const Json* results = json.member("results");
    const Json* bindings = results == nullptr ? nullptr : results->member("bindings");
    if (bindings == nullptr) fail("no bindings");
    for (const Json& binding : bindings->items) {
        ResultTable::Row row;
        for (const auto& [name, term] : binding.members) row.emplace(name, json_term(term));
        table.rows.push_back(std::move(row));
    }
    return table;
}

ResultTable read_csv_results(std::string_view text) {
    return table_of_cells(read_cells(text, ',', true), [](const std::string& cell) {
        return cell.starts_with("_:") ? Term::blank_node(cell.substr(2)) : Term::literal(cell);
    });
}

ResultTable read_tsv_results(std::string_view text) {
    return table_of_cells(read_cells(text, '\t', false), [](const std::string& cell) {
        const Graph graph = parse_graph("<urn:s> <urn:p> " + cell + " .", Format::turtle, {});
        if (graph.quads().size() != 1) fail("not a term: " + cell);
        return graph.quads().front().object;
    });
}

ResultTable read_rdf_results(const Graph& graph) {
    const std::string rs = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#";
    const std::vector<Term> sets = graph.subjects(rdf::type, Term::iri(rs + "ResultSet"));
    if (sets.size() != 1) fail("no result set in RDF");
    const Term& set = sets.front();
    ResultTable table;
    for (const Term& name : graph.objects(set, rs + "resultVariable")) {
        table.variables.emplace_back(name.text());
    }
    if (const auto boolean = graph.object(set, rs + "boolean")) {
        table.boolean = boolean->text() == "true" || boolean->text() == "1";
        return table;
    }
    std::vector<std::pair<long, ResultTable::Row>> rows;
    for (const Term& solution : graph.objects(set, rs + "solution")) {
        const auto index = graph.object(solution, rs + "index");
        table.ordered = table.ordered || index.has_value();
        ResultTable::Row row;
        for (const Term& binding : graph.objects(solution, rs + "binding")) {
            const auto name = graph.object(binding, rs + "variable");
            const auto value = graph.object(binding, rs + "value");
            if (!name || !value) fail("half a binding in RDF");
            row.emplace(name->text(), *value);
        }
        rows.emplace_back(index ? std::stol(std::string(index->text())) : 0, std::move(row));
    }
    std::stable_sort(rows.begin(), rows.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    for (auto& [index, row] : rows) table.rows.push_back(std::move(row));
    return table;
}

}  // namespace dossier::conformance
