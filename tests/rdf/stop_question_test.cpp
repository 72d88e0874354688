#include <dossier/error.h>
#include <catch2/catch.hpp>

#include <chrono>
#include <stop_token>

#include "rdf/stop_question.h"

using namespace dossier;

TEST_CASE("a question nobody answers no to lets work go on", "[stop_question]") {
    StopQuestion question;
    for (int i = 0; i < 5000; ++i) question.step();
    question.ask();
    CHECK(question.may_go_on());
    CHECK_FALSE(question.time_left());
}

TEST_CASE("a request to stop is seen at once by ask and within a thousand steps",
          "[stop_question]") {
    std::stop_source stop;
    StopQuestion question(stop.get_token(), std::nullopt);
    question.ask();
    stop.request_stop();
    CHECK_FALSE(question.may_go_on());
    CHECK_THROWS_AS(question.ask(), Interrupted);
    const auto walk = [&] {
        for (int i = 0; i < 1024; ++i) question.step();
    };
    CHECK_THROWS_AS(walk(), Interrupted);
}

TEST_CASE("a deadline that has passed is a limit with a name", "[stop_question]") {
    const StopQuestion question({}, std::chrono::nanoseconds(0));
    CHECK_FALSE(question.may_go_on());
    REQUIRE(question.time_left());
    CHECK(question.time_left()->count() == 0);
    CHECK_THROWS_WITH(question.ask(), Catch::Contains("time limit of 0 ms"));
    // A copy keeps the moment, it does not begin anew.
    const StopQuestion copy = question;
    CHECK_THROWS_AS(copy.ask(), LimitError);
}
