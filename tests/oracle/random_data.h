#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include <dossier/term.h>

namespace dossier::oracle {

// One source of chance for everything; the same on every platform.
class Chance {
  public:
    explicit Chance(std::uint64_t seed)
        : state_(seed * 0x9E3779B97F4A7C15U + 0x243F6A8885A308D3U) {}

    std::uint64_t next() {  // splitmix64
        std::uint64_t z = (state_ += 0x9E3779B97F4A7C15U);
        z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
        z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
        return z ^ (z >> 31U);
    }
    std::size_t below(std::size_t limit) { return static_cast<std::size_t>(next() % limit); }
    bool of(double share) { return static_cast<double>(next() >> 11U) * 0x1p-53 < share; }
    template <typename T>
    const T& one_of(const std::vector<T>& list) {
        return list[below(list.size())];
    }

  private:
    std::uint64_t state_;
};

enum class Shape : std::uint8_t { empty, adversarial, chains, skewed, graphs };
inline constexpr std::size_t shapes = 5;
const char* name_of(Shape shape);

struct Quad {
    Term subject, predicate, object, graph;  // the empty IRI: the default graph
};

// A few to a few hundred statements, repeatable by the seed.
std::vector<Quad> random_data(Shape shape, Chance& chance);
// As N-Quads.
std::string to_text(const std::vector<Quad>& quads);

Term random_moment(Chance& chance);  // an xsd:dateTime or xsd:date, a few ill-typed
// A literal, an IRI or a triple term such as the data has, but no blank node.
Term random_constant(Chance& chance);

}  // namespace dossier::oracle
