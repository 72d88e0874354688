#include "tests/oracle/reference_dates.h"

#include <array>
#include <cctype>

#include "rdf/vocabulary.h"
#include "tests/oracle/reference_functions.h"
#include "tests/oracle/reference_values.h"

// Dates and times: XSD 1.1 part 2, sections 3.3.7 and E.3; SPARQL 1.2 section 17.4.5.
namespace dossier::oracle {

namespace {

bool is_leap(const Whole& year) {
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

int days_in(const Whole& year, int month) {
    static constexpr std::array days = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap(year) ? 29 : days[static_cast<std::size_t>(month - 1)];
}

Whole floor_of(const Whole& number, int below) {
    Whole out = number / below;
    if (out * below > number) --out;
    return out;
}

// Reads the lexical form from the left.
class Reader {
  public:
    explicit Reader(const std::string& text) : text_(text) {}

    bool take(char c) {
        if (at_ >= text_.size() || text_[at_] != c) return false;
        ++at_;
        return true;
    }
    std::string digits() {
        std::string out;
        while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9') out += text_[at_++];
        return out;
    }
    // Two digits, or -1.
    int two() {
        const std::string out = digits();
        return out.size() == 2 ? std::stoi(out) : -1;
    }
    std::string rest() const { return text_.substr(at_); }

  private:
    const std::string& text_;
    std::size_t at_ = 0;
};

std::string padded(const Whole& number, std::size_t size) {
    std::string out = number.str();
    return out.size() < size ? std::string(size - out.size(), '0') + out : out;
}

bool read_zone(const std::string& text, Moment& out) {
    out.zone_text = text;
    if (text.empty()) return true;
    if (text == "Z") {
        out.zone = 0;
        return true;
    }
    if (text.size() != 6 || (text[0] != '+' && text[0] != '-')) return false;
    const std::string rest = text.substr(1);
    Reader reader(rest);
    const int hours = reader.two();
    if (!reader.take(':')) return false;
    const int minutes = reader.two();
    if (hours < 0 || minutes < 0 || minutes > 59 || hours * 60 + minutes > 14 * 60) return false;
    out.zone = (text[0] == '-' ? -1 : 1) * (hours * 60 + minutes);
    return true;
}

bool read_time(Reader& reader, Moment& out) {
    if (!reader.take('T')) return false;
    out.hour = reader.two();
    if (!reader.take(':')) return false;
    out.minute = reader.two();
    if (!reader.take(':')) return false;
    const int second = reader.two();
    if (out.hour < 0 || out.minute < 0 || second < 0) return false;
    out.second = second;
    if (reader.take('.')) {
        const std::string fraction = reader.digits();
        if (fraction.empty()) return false;
        Whole scale = 1, digits = 0;
        for (const char digit : fraction) digits = digits * 10 + (digit - '0'), scale *= 10;
        out.second += Fraction(digits, scale);
    }
    // The end of a day is the begin of the next.
    const bool midnight = out.hour == 24 && out.minute == 0 && out.second == 0;
    if (out.hour > 23 && !midnight) return false;
    return out.minute < 60 && out.second < 60;
}

}  // namespace

std::optional<Moment> moment_of(std::string text, bool has_time) {
    const auto space = [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; };
    while (!text.empty() && space(text.back())) text.pop_back();
    while (!text.empty() && space(text.front())) text.erase(0, 1);
    Moment out;
    out.has_time = has_time;
    Reader reader(text);
    const bool minus = reader.take('-');
    const std::string year = reader.digits();
    if (year.size() < 4 || (year.size() > 4 && year[0] == '0')) return std::nullopt;
    for (const char digit : year) out.year = out.year * 10 + (digit - '0');
    if (minus) out.year = -out.year;
    if (!reader.take('-')) return std::nullopt;
    out.month = reader.two();
    if (!reader.take('-')) return std::nullopt;
    out.day = reader.two();
    if (out.month < 1 || out.month > 12 || out.day < 1 || out.day > days_in(out.year, out.month))
        return std::nullopt;
    if (has_time && !read_time(reader, out)) return std::nullopt;
    if (!read_zone(reader.rest(), out)) return std::nullopt;
    if (out.hour == 24) {
        out.hour = 0;
        if (++out.day > days_in(out.year, out.month)) {
            out.day = 1;
            if (++out.month > 12) {
                out.month = 1;
                ++out.year;
            }
        }
    }
    return out;
}

std::optional<Moment> moment_of(const Term& term) {
    if (!term.is_literal()) return std::nullopt;
    const bool has_time = term.datatype() == xsd::date_time;
    if (!has_time && term.datatype() != xsd::date) return std::nullopt;
    return moment_of(std::string(term.text()), has_time);
}

Fraction Moment::instant() const {
    // Days since the begin of year 0: 365 a year and one more each leap year before.
    const Whole before = year - 1;
    Whole days = year * 365 + floor_of(before, 4) - floor_of(before, 100) + floor_of(before, 400);
    for (int earlier = 1; earlier < month; ++earlier) days += days_in(year, earlier);
    days += day - 1;
    return Fraction(((days * 24 + hour) * 60 + minute - zone.value_or(0)) * 60) + second;
}

Term term_of(const Moment& moment) {
    const bool minus = moment.year < 0;
    std::string text = (minus ? "-" : "") + padded(minus ? Whole(-moment.year) : moment.year, 4) +
                       "-" + padded(moment.month, 2) + "-" + padded(moment.day, 2);
    if (moment.has_time) {
        const std::string second = decimal_text(moment.second);
        text += "T" + padded(moment.hour, 2) + ":" + padded(moment.minute, 2) + ":" +
                (moment.second < 10 ? "0" : "") + second;
    }
    const bool utc = moment.zone && *moment.zone == 0;
    text += utc ? "Z" : moment.zone_text;
    return Term::literal(text, std::string(moment.has_time ? xsd::date_time : xsd::date));
}

std::optional<int> compare_moments(const Moment& a, const Moment& b) {
    const Fraction difference = a.instant() - b.instant();
    if (a.zone.has_value() != b.zone.has_value() && abs(difference) <= 14 * 3600)
        return std::nullopt;
    return difference < 0 ? -1 : difference > 0 ? 1 : 0;
}

std::optional<int> zone_minutes(const Term& term) {
    if (!term.is_literal() || term.datatype() != xsd::day_time_duration) return std::nullopt;
    const std::string text(term.text());
    Reader reader(text);
    const bool minus = reader.take('-');
    if (!reader.take('P') || !reader.take('T')) throw LeftOpen{};
    int minutes = 0;
    for (;;) {
        const std::string digits = reader.digits();
        if (digits.empty()) break;
        if (reader.take('H'))
            minutes += 60 * std::stoi(digits);
        else if (reader.take('M'))
            minutes += std::stoi(digits);
        else if (!reader.take('S') || digits != "0")
            throw LeftOpen{};
    }
    return minus ? -minutes : minutes;
}

namespace {

std::string duration_text(int minutes) {
    if (minutes == 0) return "PT0S";
    std::string out = minutes < 0 ? "-PT" : "PT";
    minutes = std::abs(minutes);
    if (minutes >= 60) out += std::to_string(minutes / 60) + "H";
    if (minutes % 60 != 0) out += std::to_string(minutes % 60) + "M";
    return out;
}

}  // namespace

std::optional<Term> date_function(Function name, const Term& argument) {
    const auto moment = moment_of(argument);
    if (!moment) return std::nullopt;
    // The specification has these functions for xsd:dateTime alone.
    if (!moment->has_time) throw LeftOpen{};
    const auto integer = [](const Whole& number) {
        return Term::literal(number.str(), std::string(xsd::integer));
    };
    switch (name) {
        case Function::year:
            return integer(moment->year);
        case Function::month:
            return integer(moment->month);
        case Function::day:
            return integer(moment->day);
        case Function::hours:
            return integer(moment->hour);
        case Function::minutes:
            return integer(moment->minute);
        case Function::seconds:
            return Term::literal(decimal_text(moment->second), std::string(xsd::decimal));
        case Function::timezone:
            if (!moment->zone) return std::nullopt;
            return Term::literal(duration_text(*moment->zone), std::string(xsd::day_time_duration));
        default:
            return Term::literal(moment->zone_text);
    }
}

}  // namespace dossier::oracle
