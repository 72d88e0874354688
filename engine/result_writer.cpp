#include "engine/result_writer.h"

#include <ostream>

#include <dossier/error.h>
#include <dossier/term_writer.h>

#include "engine/json_text.h"
#include "rdf/vocabulary.h"

namespace dossier::engine {

namespace {

constexpr std::size_t flush_size = std::size_t{64} << 10;

std::string_view direction_name(Direction direction) {
    return direction == Direction::left_to_right ? "ltr" : "rtl";
}

bool plain_string(const TermView& literal) {
    return literal.language().empty() && literal.datatype() == xsd::string;
}

using Relief = std::function<void()>;

// Calls append() with the text, or with pieces of a long one that end between characters.
template <typename Append>
void append_pieces(std::string_view text, const Relief& relief, Append&& append) {
    while (text.size() > flush_size) {
        std::size_t end = flush_size;
        while (end > 1 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
        append(text.substr(0, end));
        relief();
        text.remove_prefix(end);
    }
    append(text);
}

// ---- JSON -----------------------------------------------------------------------------------

void append_json_term(std::string& out, const TermView& term, const Relief& relief) {
    switch (term.kind()) {
        case TermKind::iri:
            out += "{\"type\":\"uri\",\"value\":";
            break;
        case TermKind::blank_node:
            out += "{\"type\":\"bnode\",\"value\":";
            break;
        case TermKind::literal:
            out += "{\"type\":\"literal\",\"value\":";
            break;
        case TermKind::triple:
            out += "{\"type\":\"triple\",\"value\":{\"subject\":";
            append_json_term(out, term.triple().subject, relief);
            out += ",\"predicate\":";
            append_json_term(out, term.triple().predicate, relief);
            out += ",\"object\":";
            append_json_term(out, term.triple().object, relief);
            out += "}}";
            return;
    }
    out += '"';
    append_pieces(term.text(), relief,
                  [&](std::string_view piece) { append_json_piece(out, piece); });
    out += '"';
    if (term.is_literal()) {
        if (!term.language().empty()) {
            out += ",\"xml:lang\":";
            append_json_string(out, term.language());
            if (term.direction() != Direction::none) {
                out += ",\"its:dir\":\"";
                out += direction_name(term.direction());
                out += '"';
            }
        } else if (!plain_string(term)) {
            out += ",\"datatype\":";
            append_json_string(out, term.datatype());
        }
    }
    out += '}';
}

class JsonWriter final : public ResultWriter {
  public:
    JsonWriter(std::ostream& out, std::vector<std::string> variables)
        : ResultWriter(out, std::move(variables)) {
        for (const std::string& name : variables_) {
            std::string key;
            append_json_string(key, name);
            keys_.push_back(key + ":");
        }
    }

  private:
    void begin() override {
        buffer_ += "{\"head\":{\"vars\":[";
        for (std::size_t i = 0; i < variables_.size(); ++i) {
            if (i > 0) buffer_ += ',';
            append_json_string(buffer_, variables_[i]);
        }
        buffer_ += "]},\"results\":{\"bindings\":[";
    }
    void write_row(std::span<const TermView* const> terms) override {
        buffer_ += first_row_ ? "\n{" : ",\n{";
        bool first = true;
        for (std::size_t i = 0; i < terms.size(); ++i) {
            if (terms[i] == nullptr) continue;
            if (!first) buffer_ += ',';
            first = false;
            buffer_ += keys_[i];
            append_json_term(buffer_, *terms[i], relief_);
        }
        buffer_ += '}';
    }
    void end() override { buffer_ += "\n]}}\n"; }

    std::vector<std::string> keys_;
};

// ---- XML ------------------------------------------------------------------------------------

// Text or attribute value. XML 1.0 has no way to write most control characters and U+FFFE, U+FFFF;
// they become U+FFFD.
void append_xml(std::string& out, std::string_view text) {
    std::size_t begin = 0;
    const auto replace = [&](std::size_t at, std::size_t length, std::string_view with) {
        out.append(text, begin, at - begin).append(with);
        begin = at + length;
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        const unsigned char c = static_cast<unsigned char>(text[i]);
        switch (c) {
            case '<':
                replace(i, 1, "&lt;");
                break;
            case '>':
                replace(i, 1, "&gt;");
                break;
            case '&':
                replace(i, 1, "&amp;");
                break;
            case '"':
                replace(i, 1, "&quot;");
                break;
            case '\r':
                replace(i, 1, "&#13;");
                break;
            case '\n':
                replace(i, 1, "&#10;");
                break;
            case '\t':
                replace(i, 1, "&#9;");
                break;
            case 0xEF:
                if (text.substr(i, 3) == "\xEF\xBF\xBE" || text.substr(i, 3) == "\xEF\xBF\xBF") {
                    replace(i, 3, "\xEF\xBF\xBD");
                    i += 2;
                }
                break;
            default:
                if (c < 0x20) replace(i, 1, "\xEF\xBF\xBD");
        }
    }
    out.append(text, begin);
}

void append_xml_term(std::string& out, const TermView& term, const Relief& relief) {
    switch (term.kind()) {
        case TermKind::iri:
            out += "<uri>";
            append_xml(out, term.text());
            out += "</uri>";
            return;
        case TermKind::blank_node:
            out += "<bnode>";
            append_xml(out, term.text());
            out += "</bnode>";
            return;
        case TermKind::triple:
            out += "<triple><subject>";
            append_xml_term(out, term.triple().subject, relief);
            out += "</subject><predicate>";
            append_xml_term(out, term.triple().predicate, relief);
            out += "</predicate><object>";
            append_xml_term(out, term.triple().object, relief);
            out += "</object></triple>";
            return;
        case TermKind::literal:
            break;
    }
    out += "<literal";
    if (!term.language().empty()) {
        out += " xml:lang=\"";
        append_xml(out, term.language());
        out += '"';
        if (term.direction() != Direction::none) {
            out += " its:dir=\"";
            out += direction_name(term.direction());
            out += '"';
        }
    } else if (!plain_string(term)) {
        out += " datatype=\"";
        append_xml(out, term.datatype());
        out += '"';
    }
    out += '>';
    append_pieces(term.text(), relief, [&](std::string_view piece) { append_xml(out, piece); });
    out += "</literal>";
}

constexpr std::string_view xml_head =
    "<?xml version=\"1.0\"?>\n"
    "<sparql xmlns=\"http://www.w3.org/2005/sparql-results#\""
    " xmlns:its=\"http://www.w3.org/2005/11/its\" its:version=\"2.0\">\n";

class XmlWriter final : public ResultWriter {
  public:
    XmlWriter(std::ostream& out, std::vector<std::string> variables)
        : ResultWriter(out, std::move(variables)) {}

  private:
    void begin() override {
        buffer_ += xml_head;
        buffer_ += "<head>";
        for (const std::string& name : variables_) {
            buffer_ += "<variable name=\"";
            append_xml(buffer_, name);
            buffer_ += "\"/>";
        }
        buffer_ += "</head>\n<results>\n";
    }
    void write_row(std::span<const TermView* const> terms) override {
        buffer_ += "<result>";
        for (std::size_t i = 0; i < terms.size(); ++i) {
            if (terms[i] == nullptr) continue;
            buffer_ += "<binding name=\"";
            append_xml(buffer_, variables_[i]);
            buffer_ += "\">";
            append_xml_term(buffer_, *terms[i], relief_);
            buffer_ += "</binding>";
        }
        buffer_ += "</result>\n";
    }
    void end() override { buffer_ += "</results>\n</sparql>\n"; }
};

// ---- CSV and TSV ----------------------------------------------------------------------------

void append_csv(std::string& out, std::string_view text, const Relief& relief) {
    const bool is_plain = text.find_first_of(",\"\r\n") == std::string_view::npos;
    if (!is_plain) out += '"';
    append_pieces(text, relief, [&](std::string_view piece) {
        if (is_plain) {
            out += piece;
            return;
        }
        for (const char c : piece) {
            if (c == '"') out += '"';
            out += c;
        }
    });
    if (!is_plain) out += '"';
}

// Plain values: the kind of a term is not told.
class CsvWriter final : public ResultWriter {
  public:
    CsvWriter(std::ostream& out, std::vector<std::string> variables)
        : ResultWriter(out, std::move(variables)) {}

  private:
    void begin() override {
        for (std::size_t i = 0; i < variables_.size(); ++i) {
            if (i > 0) buffer_ += ',';
            append_csv(buffer_, variables_[i], relief_);
        }
        buffer_ += "\r\n";
    }
    void write_row(std::span<const TermView* const> terms) override {
        for (std::size_t i = 0; i < terms.size(); ++i) {
            if (i > 0) buffer_ += ',';
            if (terms[i] == nullptr) continue;
            if (terms[i]->is_triple()) {
                scratch_.clear();
                append_ntriples(scratch_, *terms[i]);
                append_csv(buffer_, scratch_, relief_);
            } else if (terms[i]->is_blank_node()) {
                buffer_ += "_:";
                buffer_ += terms[i]->text();
            } else {
                append_csv(buffer_, terms[i]->text(), relief_);
            }
        }
        buffer_ += "\r\n";
    }
    void end() override {}

    std::string scratch_;
};

// Terms in Turtle syntax.
class TsvWriter final : public ResultWriter {
  public:
    TsvWriter(std::ostream& out, std::vector<std::string> variables)
        : ResultWriter(out, std::move(variables)) {}

  private:
    void begin() override {
        for (std::size_t i = 0; i < variables_.size(); ++i) {
            if (i > 0) buffer_ += '\t';
            buffer_ += '?';
            buffer_ += variables_[i];
        }
        buffer_ += '\n';
    }
    void write_row(std::span<const TermView* const> terms) override {
        for (std::size_t i = 0; i < terms.size(); ++i) {
            if (i > 0) buffer_ += '\t';
            if (terms[i] != nullptr) append_term(*terms[i]);
        }
        buffer_ += '\n';
    }
    void end() override {}

    void append_term(const TermView& term) {
        const bool is_long_string = term.is_literal() && term.text().size() > flush_size &&
                                    (!term.language().empty() || plain_string(term));
        if (!is_long_string) {
            append_turtle(buffer_, term);
            return;
        }
        // Each piece between the quotes of a literal of its own, and what follows the last one.
        buffer_ += '"';
        append_pieces(term.text(), relief_, [&](std::string_view piece) {
            scratch_.clear();
            append_turtle(scratch_, TermView::literal(piece));
            buffer_.append(scratch_, 1, scratch_.size() - 2);
        });
        scratch_.clear();
        append_turtle(scratch_,
                      term.language().empty()
                          ? TermView::literal("")
                          : TermView::language_literal("", term.language(), term.direction()));
        buffer_.append(scratch_, 1);
    }

    std::string scratch_;
};

void check(const std::ostream& out) {
    if (!out) throw InputError("the results cannot be written");
}

}  // namespace

std::unique_ptr<ResultWriter> ResultWriter::make(ResultFormat format, std::ostream& out,
                                                 std::vector<std::string> variables) {
    switch (format) {
        case ResultFormat::json:
            return std::make_unique<JsonWriter>(out, std::move(variables));
        case ResultFormat::xml:
            return std::make_unique<XmlWriter>(out, std::move(variables));
        case ResultFormat::csv:
            return std::make_unique<CsvWriter>(out, std::move(variables));
        case ResultFormat::tsv:
            break;
    }
    return std::make_unique<TsvWriter>(out, std::move(variables));
}

void ResultWriter::row(std::span<const TermView* const> terms) {
    if (!begun_) {
        begin();
        begun_ = true;
    }
    write_row(terms);
    first_row_ = false;
    relieve();
}

void ResultWriter::relieve() {
    if (buffer_.size() >= flush_size) flush();
}

void ResultWriter::finish() {
    if (!begun_) begin();
    begun_ = true;
    end();
    flush();
    out_.flush();
    check(out_);
}

void ResultWriter::flush() {
    out_.write(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
    buffer_.clear();
    check(out_);
}

void write_boolean(ResultFormat format, std::ostream& out, bool answer) {
    const std::string_view word = answer ? "true" : "false";
    switch (format) {
        case ResultFormat::json:
            out << "{\"head\":{},\"boolean\":" << word << "}\n";
            break;
        case ResultFormat::xml:
            out << xml_head << "<head/>\n<boolean>" << word << "</boolean>\n</sparql>\n";
            break;
        case ResultFormat::csv:
        case ResultFormat::tsv:
            out << word << '\n';
            break;
    }
    out.flush();
    check(out);
}

}  // namespace dossier::engine
