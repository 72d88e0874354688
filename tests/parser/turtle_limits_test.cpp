#include <catch2/catch.hpp>

#include <istream>
#include <streambuf>

#include <pthread.h>
#include <sys/resource.h>

#include "tests/parser/parsed_text.h"

using namespace dossier;
using dossier::test::CountingSink;
using dossier::test::parse_error;
using dossier::test::parse_text;
using dossier::test::repeated;

namespace {

// A stream that repeats a part between a beginning and an end, without holding it.
class RepeatingBuffer : public std::streambuf {
  public:
    RepeatingBuffer(std::string begin, std::string part, std::size_t times, std::string end)
        : parts_{std::move(begin), std::move(part), std::move(end)}, times_(times) {
        next();
    }

  protected:
    int_type underflow() override {
        while (gptr() == egptr()) {
            if (!next()) return traits_type::eof();
        }
        return traits_type::to_int_type(*gptr());
    }

  private:
    bool next() {
        std::string* part = nullptr;
        if (step_ == 0) {
            part = &parts_[0];
        } else if (step_ <= times_) {
            part = &parts_[1];
        } else if (step_ == times_ + 1) {
            part = &parts_[2];
        } else {
            return false;
        }
        ++step_;
        setg(part->data(), part->data(), part->data() + part->size());
        return true;
    }

    std::string parts_[3];
    std::size_t times_;
    std::size_t step_ = 0;
};

CountingSink count(std::string begin, std::string part, std::size_t times, std::string end,
                   Format format, const ParseOptions& options = {}) {
    RepeatingBuffer buffer(std::move(begin), std::move(part), times, std::move(end));
    std::istream stream(&buffer);
    const auto source = open_stream(stream, "stream");
    CountingSink sink;
    parse_statements(*source, format, options, sink);
    return sink;
}

long peak_kilobytes() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

const std::string prefixes = "PREFIX : <http://e/>\n";

}  // namespace

TEST_CASE("brackets nest as deep as the limit, and a million deep are a clean error",
          "[turtle][limits]") {
    struct Case {
        const char* begin;
        const char* open;
        const char* middle;
        const char* close;
        const char* end;
    };
    const Case cases[] = {
        {":s :p ", "[ :p ", ":o", " ]", " ."},      {":s :p ", "( ", ":o", " )", " ."},
        {":s :p ", "<< :s :p ", ":o", " >>", " ."}, {":s :p ", "<<( :s :p ", ":o", " )>>", " ."},
        {"", "<< ", ":s", " :p :o >>", " :p :o ."}, {":s :p :o ", "{| :p :o ", "", "|} ", " ."},
    };
    for (const Case& c : cases) {
        INFO(c.open);
        const auto text = [&c](std::size_t depth) {
            return prefixes + c.begin + repeated(c.open, depth) + c.middle +
                   repeated(c.close, depth) + c.end;
        };
        for (const Format format : {Format::turtle, Format::trig}) {
            CHECK_NOTHROW(parse_text(text(127), format));
            CHECK_NOTHROW(parse_text(text(128), format));
            const auto error = parse_error(text(129), format);
            CHECK_THAT(error.message, Catch::Contains("max_nesting"));
            CHECK(error.position.line == 2);
            CHECK_THAT(parse_error(text(1000000), format).message, Catch::Contains("128"));
        }
    }
    const std::string mixed = repeated("[ :p ( << :s :p ", 42) + "[ ] " + repeated(">> ) ] ", 42);
    CHECK_NOTHROW(parse_text(
        prefixes + ":s :p " + repeated("[ :p ( ", 64) + ":o " + repeated(") ] ", 64) + ".",
        Format::turtle));
    CHECK_THROWS_AS(parse_text(prefixes + ":s :p [ :q " + repeated("[ :p ( ", 64) + ":o " +
                                   repeated(") ] ", 64) + "] .",
                               Format::turtle),
                    SyntaxError);
    CHECK_THROWS_AS(parse_text(prefixes + mixed, Format::turtle), SyntaxError);
}

TEST_CASE("the deepest nesting allowed fits a small stack", "[turtle][limits]") {
    static std::size_t parsed = 0;
    const auto parse_nested = [](void*) -> void* {
        for (const auto& [open, close] : {std::pair("[ :p ", "] "),
                                          {"( ", ") "},
                                          {"<< :s :p ", ">> "},
                                          {"<<( :s :p ", ")>> "}}) {
            const auto text =
                prefixes + ":s :p " + repeated(open, 128) + ":o " + repeated(close, 128) + ".";
            parsed += parse_text(text, Format::turtle).lines.size() > 0;
        }
        return nullptr;
    };
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    // Sanitizers make frames several times larger.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    pthread_attr_setstacksize(&attributes, 2048u << 10);
#else
    pthread_attr_setstacksize(&attributes, 256u << 10);
#endif
    pthread_t thread;
    REQUIRE(pthread_create(&thread, &attributes, parse_nested, nullptr) == 0);
    pthread_join(thread, nullptr);
    pthread_attr_destroy(&attributes);
    CHECK(parsed == 4);
    ParseOptions options;
    options.max_nesting = 20000;
    CHECK_THROWS_AS(parse_text("", Format::turtle, options), UsageError);
}

TEST_CASE("many errors take linear time, on lines of their own or on one", "[turtle][limits]") {
    ParseOptions options;
    options.on_error = OnError::skip;
    for (const char* part : {":s :p undeclared:o .\n", ":s :p undeclared:o . "}) {
        const CountingSink sink =
            count(prefixes, part, 20000, ":s :p :o .", Format::turtle, options);
        CHECK(sink.errors == 20000);
        CHECK(sink.count == 1);
    }
    CHECK(count("", "broken\n", 20000, "", Format::ntriples, options).errors == 20000);
}

TEST_CASE("long lists and long files pass through bounded memory", "[turtle][limits]") {
    const long before = peak_kilobytes();
    CHECK(count(prefixes + ":s :p (", " :o", 1000000, " ) .", Format::turtle).count == 2000001);
    CHECK(count(prefixes + ":s :p :o", " , :o", 1000000, " .", Format::turtle).count == 1000001);
    CHECK(count(prefixes + ":s :p :o", " ; :p :o", 1000000, " .", Format::turtle).count == 1000001);
    CHECK(count(prefixes, ":s :p :o .\n", 1000000, "", Format::trig).count == 1000000);
    CHECK(count(prefixes + "{", ":s :p :o .\n", 1000000, "}", Format::trig).count == 1000000);
    CHECK(count("", "<http://e/s> <http://e/p> <http://e/o> .\n", 1000000, "", Format::ntriples)
              .count == 1000000);
    CHECK(count(prefixes, repeated(" ", 1000), 30000, ":s :p :o .", Format::turtle).count == 1);
    CHECK(count(prefixes + "#", repeated("c", 1000), 30000, "\n:s :p :o .", Format::turtle).count ==
          1);
    CHECK(count(prefixes, "BASE <http://e/x/>\n", 200000, ":s :p <o> .", Format::turtle).count ==
          1);
    CHECK(peak_kilobytes() - before < 16 * 1024);
}

TEST_CASE("a string without an end is refused at the limit", "[turtle][limits]") {
    ParseOptions options;
    options.max_literal_bytes = 1 << 20;
    const long before = peak_kilobytes();
    CHECK_THROWS_AS(count(prefixes + ":s :p \"\"\"", repeated("x\n", 1000), 100000, "",
                          Format::turtle, options),
                    SyntaxError);
    CHECK_THROWS_AS(count("<http://e/s> <http://e/p> \"", repeated("x", 1000), 100000, "",
                          Format::ntriples, options),
                    LimitError);
    CHECK(peak_kilobytes() - before < 16 * 1024);
    // With skip the rest of the endless string is stepped over, not held.
    options.on_error = OnError::skip;
    const CountingSink sink = count(prefixes + ":s :p \"\"\"", repeated("x\n", 1000), 100000,
                                    "\"\"\" . :s :p :o .", Format::turtle, options);
    CHECK(sink.count == 1);
    CHECK(sink.errors == 1);
    CHECK(peak_kilobytes() - before < 16 * 1024);
}

TEST_CASE("many prefixes are read in linear time", "[turtle][limits]") {
    std::string text;
    for (int i = 0; i < 200000; ++i) {
        text += "PREFIX p" + std::to_string(i) + ": <http://e/" + std::to_string(i) + "#>\n";
    }
    text += "p77:s p199999:p p0:o .";
    CHECK(parse_text(text, Format::turtle).lines ==
          std::vector<std::string>{"<http://e/77#s> <http://e/199999#p> <http://e/0#o> ."});
}

TEST_CASE("a name as long as a megabyte is refused", "[turtle][limits]") {
    const std::string name = repeated("n", 1000000);
    for (const std::string& text :
         {"PREFIX " + name + ": <http://e/>", prefixes + ":s :p :" + name + " .",
          prefixes + ":s :p _:" + name + " .", prefixes + ":s :p 'x'@" + name + " .",
          prefixes + ":s :p <http://e/" + name + "> .", prefixes + name + ":x :p :o .",
          prefixes + ":s :p 'x'^^<http://e/" + name + "> ."}) {
        CHECK_THROWS_AS(parse_text(text, Format::turtle), SyntaxError);
    }
}
