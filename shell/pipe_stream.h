#pragma once

#include <memory>
#include <ostream>
#include <string>

namespace dossier::shell {

// A stream into a program: a pager, or what `.output |COMMAND` names. A program that stops reading
// ends the stream and nothing else.
class PipeStream : public std::ostream {
  public:
    // Throws InputError when the shell cannot be started.
    explicit PipeStream(const std::string& command);
    ~PipeStream() override;  // waits for the program to end

  private:
    class Buffer;
    std::unique_ptr<Buffer> buffer_;
};

}  // namespace dossier::shell
