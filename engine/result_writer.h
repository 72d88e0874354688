#pragma once

#include <functional>
#include <iosfwd>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <dossier/options.h>
#include <dossier/term.h>

namespace dossier::engine {

// Writes the solutions of a SELECT query, or the answer of an ASK query, as a stream: SPARQL 1.1
// Query Results JSON, XML, CSV and TSV, with triple terms and base direction as SPARQL 1.2 adds
// them. Belongs to one thread; the stream must outlive it. A stream that fails throws InputError.
class ResultWriter {
  public:
    static std::unique_ptr<ResultWriter> make(ResultFormat format, std::ostream& out,
                                              std::vector<std::string> variables);
    virtual ~ResultWriter() = default;

    // Called between the pieces of long texts; may throw.
    void ask_with(std::function<void()> ask) { ask_ = std::move(ask); }

    // One solution: a term a variable, null where it is unbound.
    void row(std::span<const TermView* const> terms);
    // Ends the document; nothing may follow. Without it the document is cut off.
    void finish();

  protected:
    ResultWriter(std::ostream& out, std::vector<std::string> variables)
        : relief_([this] {
              relieve();
              if (ask_) ask_();
          }),
          variables_(std::move(variables)),
          out_(out) {}
    void relieve();

    // Hands on what is in the buffer where that is much: long texts are written piece by piece, so
    // that none stands in memory a second time.
    using Relief = std::function<void()>;

    std::string buffer_;
    const Relief relief_;
    std::vector<std::string> variables_;
    bool first_row_ = true;

  private:
    virtual void begin() = 0;
    virtual void write_row(std::span<const TermView* const> terms) = 0;
    virtual void end() = 0;
    void flush();

    std::ostream& out_;
    std::function<void()> ask_;
    bool begun_ = false;
};

// The answer of an ASK query. CSV and TSV have no boolean form: the word is written.
void write_boolean(ResultFormat format, std::ostream& out, bool answer);

}  // namespace dossier::engine
