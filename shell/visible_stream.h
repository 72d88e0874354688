#pragma once

#include <memory>
#include <ostream>

namespace dossier::shell {

// A stream in front of a terminal: what a terminal would take for a command is made visible, while
// line ends and tabs stay. For forms that are written as they are, such as CSV or Turtle.
class VisibleStream : public std::ostream {
  public:
    explicit VisibleStream(std::ostream& target);
    ~VisibleStream() override;  // writes what is left

  private:
    class Buffer;
    std::unique_ptr<Buffer> buffer_;
};

}  // namespace dossier::shell
