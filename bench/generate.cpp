// Writes a knowledge base of any size for benchmarks and tests: the same bytes for the same number
// on every machine. People, organisations, places, documents, measurements and claims; predicates
// of very different sizes; strings, language strings, dates, numbers of several types; the default
// graph and a hundred named ones; triple terms with their reifiers.
//
// usage: dossier-generate [--triples N] [--format nq|nt] > file

#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

constexpr std::string_view ex = "http://example.org/";

// splitmix64: small, and the same everywhere.
class Random {
  public:
    explicit Random(std::uint64_t seed) : state_(seed) {}
    std::uint64_t next() {
        std::uint64_t z = state_ += 0x9E3779B97F4A7C15u;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
        return z ^ (z >> 31);
    }
    std::uint64_t below(std::uint64_t limit) { return next() % limit; }
    // Small numbers far more often than large ones, so that some entities are hubs.
    std::uint64_t skewed(std::uint64_t limit) {
        const double u = static_cast<double>(next() >> 11) * 0x1.0p-53;
        return static_cast<std::uint64_t>(u * u * u * static_cast<double>(limit));
    }

  private:
    std::uint64_t state_;
};

constexpr std::string_view given_names[] = {"Ada",   "Boris", "Chen", "Dara", "Emil", "Farah",
                                            "Goran", "Hana",  "Ivan", "Jaya", "Kofi", "Lena",
                                            "Mario", "Nadia", "Omar", "Priya"};
constexpr std::string_view family_names[] = {
    "Novak", "Okafor", "Petrov", "Quist",  "Rossi", "Sato",  "Tanaka",  "Ueda",
    "Varga", "Weber",  "Xu",     "Yilmaz", "Zhang", "Adler", "Brennan", "Costa"};
constexpr std::string_view words[] = {
    "report",  "convoy",  "shipment", "minister", "contract", "harbour", "border",  "payment",
    "meeting", "witness", "letter",   "factory",  "denial",   "source",  "embassy", "inquiry"};

class Generator {
  public:
    Generator(std::uint64_t triples, bool quads) : limit_(triples), quads_(quads) {
        people_ = triples / 60 + 10;
        organisations_ = triples / 800 + 5;
        places_ = triples / 4000 + 5;
        documents_ = triples / 60 + 10;
        measurements_ = triples / 30 + 10;
    }

    void run() {
        std::uint64_t person = 0, organisation = 0, place = 0, document = 0, measurement = 0;
        while (!full()) {
            const std::uint64_t turn = document;
            if (place < places_ && turn % 64 == 0) write_place(place++);
            if (organisation < organisations_ && turn % 13 == 0) write_organisation(organisation++);
            if (person < people_) write_person(person++);
            if (measurement < measurements_) write_measurement(measurement++);
            if (measurement < measurements_) write_measurement(measurement++);
            write_document(document++);
        }
        std::fwrite(buffer_.data(), 1, buffer_.size(), stdout);
    }

  private:
    bool full() const { return written_ >= limit_; }

    std::string iri(std::string_view kind, std::uint64_t number) const {
        return "<" + std::string(ex) + std::string(kind) + "/" + std::to_string(number) + ">";
    }
    std::string property(std::string_view name) const {
        return "<" + std::string(ex) + "property/" + std::string(name) + ">";
    }
    static std::string typed(std::string_view lexical, std::string_view type) {
        return "\"" + std::string(lexical) + "\"^^<http://www.w3.org/2001/XMLSchema#" +
               std::string(type) + ">";
    }
    static std::string two(std::uint64_t number) {
        return (number < 10 ? "0" : "") + std::to_string(number);
    }
    std::string date(std::uint64_t first_year, std::uint64_t years) {
        return std::to_string(first_year + random_.below(years)) + "-" +
               two(1 + random_.below(12)) + "-" + two(1 + random_.below(28));
    }

    // Writes one statement; `graph` is empty for the default graph.
    void statement(std::string_view s, std::string_view p, std::string_view o,
                   std::string_view graph = {}) {
        if (full()) return;
        ++written_;
        buffer_.append(s).append(" ").append(p).append(" ").append(o);
        if (quads_ && !graph.empty()) buffer_.append(" ").append(graph);
        buffer_.append(" .\n");
        if (buffer_.size() > (1u << 20)) {
            std::fwrite(buffer_.data(), 1, buffer_.size(), stdout);
            buffer_.clear();
        }
    }

    void type(std::string_view s, std::string_view name) {
        statement(s, "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>",
                  "<" + std::string(ex) + "class/" + std::string(name) + ">");
    }
    void label(std::string_view s, std::string_view text, std::string_view suffix) {
        statement(s, "<http://www.w3.org/2000/01/rdf-schema#label>",
                  "\"" + std::string(text) + "\"" + std::string(suffix));
    }

    void write_place(std::uint64_t number) {
        const std::string s = iri("place", number);
        type(s, "Place");
        label(s, "Place " + std::to_string(number), number % 3 == 0 ? "@en" : "@de");
        statement(s, property("population"),
                  typed(std::to_string(random_.skewed(9000000)), "integer"));
        if (number > 0) statement(s, property("within"), iri("place", random_.below(number)));
    }

    void write_organisation(std::uint64_t number) {
        const std::string s = iri("organisation", number);
        type(s, number % 5 == 0 ? "Agency" : "Company");
        label(s, std::string(words[random_.below(16)]) + " group " + std::to_string(number), "");
        statement(s, property("seat"), iri("place", random_.skewed(places_)));
        statement(s, property("founded"),
                  typed(std::to_string(1850 + random_.below(170)), "gYear"));
        if (number > 0 && number % 2 == 0)
            statement(s, property("owner"), iri("organisation", random_.below(number)));
    }

    void write_person(std::uint64_t number) {
        const std::string s = iri("person", number);
        type(s, number % 9 == 0 ? "Journalist" : "Person");
        label(s,
              std::string(given_names[random_.below(16)]) + " " +
                  std::string(family_names[random_.below(16)]) + " " + std::to_string(number),
              "");
        statement(s, property("born"), typed(date(1930, 75), "date"));
        statement(s, property("worksFor"), iri("organisation", random_.skewed(organisations_)));
        statement(s, property("livesIn"), iri("place", random_.skewed(places_)));
        const std::uint64_t friends = random_.skewed(16);
        for (std::uint64_t i = 0; i < friends; ++i)
            statement(s, property("knows"), iri("person", random_.skewed(people_)));
        if (number % 3 == 0)
            statement(s, property("height"),
                      typed(std::to_string(1) + "." + std::to_string(50 + random_.below(50)) + "E0",
                            "double"));
        // A long tail of predicates, each ten per cent rarer than the one before.
        if (number % 2 == 0) {
            const std::uint64_t rare = random_.skewed(200);
            statement(s, property("rare" + std::to_string(rare)),
                      "\"value " + std::to_string(random_.below(1000)) + "\"");
        }
    }

    void write_measurement(std::uint64_t number) {
        const std::string s = iri("measurement", number);
        statement(s, property("sensor"), iri("sensor", random_.below(1000)));
        statement(
            s, property("value"),
            typed(std::to_string(random_.below(1000)) + "." + two(random_.below(100)), "decimal"));
        statement(s, property("time"),
                  typed(date(2015, 10) + "T" + two(random_.below(24)) + ":" +
                            two(random_.below(60)) + ":" + two(random_.below(60)) + "Z",
                        "dateTime"));
        statement(s, property("quality"), typed(std::to_string(random_.skewed(100)), "integer"));
    }

    void write_document(std::uint64_t number) {
        const std::string s = iri("document", number);
        const std::string graph = iri("archive", random_.skewed(100));
        type(s, number % 4 == 0 ? "Report" : "Article");
        std::string title;
        const std::uint64_t length = 3 + random_.below(5);
        for (std::uint64_t i = 0; i < length; ++i)
            title.append(words[random_.below(16)]).append(i + 1 < length ? " " : "");
        statement(
            s, property("title"),
            "\"" + title + " " + std::to_string(number) + "\"" + (number % 7 == 0 ? "@fr" : "@en"));
        statement(s, property("issued"), typed(date(1990, 35), "date"));
        statement(s, property("publisher"), iri("organisation", random_.skewed(organisations_)));
        statement(s, property("words"),
                  typed(std::to_string(50 + random_.skewed(20000)), "integer"));
        if (number > 0 && number % 3 == 0)
            statement(s, property("cites"), iri("document", random_.below(number)));
        const std::uint64_t mentions = 1 + random_.skewed(20);
        for (std::uint64_t i = 0; i < mentions; ++i)
            statement(s, property("mentions"), iri("person", random_.skewed(people_)), graph);
        if (number % 6 == 0) {
            const std::string claim = iri("claim", number);
            const std::string triple = "<<( " + iri("person", random_.skewed(people_)) + " " +
                                       property(number % 12 == 0 ? "met" : "paid") + " " +
                                       iri("person", random_.skewed(people_)) + " )>>";
            statement(claim, "<http://www.w3.org/1999/02/22-rdf-syntax-ns#reifies>", triple, graph);
            statement(claim,
                      number % 30 == 0 ? "<https://w3id.org/dossier#deniedBy>"
                                       : "<https://w3id.org/dossier#saidBy>",
                      iri("person", random_.skewed(people_)), graph);
            statement(claim, "<https://w3id.org/dossier#in>", s, graph);
        }
    }

    std::uint64_t limit_;
    bool quads_;
    std::uint64_t written_ = 0;
    std::uint64_t people_, organisations_, places_, documents_, measurements_;
    Random random_{42};
    std::string buffer_;
};

}  // namespace

int main(int count, char** arguments) {
    std::uint64_t triples = 10'000'000;
    bool quads = true;
    for (int i = 1; i < count; ++i) {
        const std::string_view argument = arguments[i];
        const std::string_view value = i + 1 < count ? arguments[i + 1] : "";
        if (argument == "--triples" &&
            std::from_chars(value.data(), value.data() + value.size(), triples).ptr ==
                value.data() + value.size() &&
            !value.empty()) {
            ++i;
        } else if (argument == "--format" && (value == "nq" || value == "nt")) {
            quads = value == "nq";
            ++i;
        } else {
            std::fputs("usage: dossier-generate [--triples N] [--format nq|nt] > file\n", stderr);
            return argument == "--help" || argument == "-h" ? 0 : 2;
        }
    }
    Generator(triples, quads).run();
    return 0;
}
