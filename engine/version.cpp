#include <fmt/core.h>
#include <openssl/crypto.h>
#include <unicode/uvernum.h>

#include <boost/version.hpp>

#include <dossier/dossier.h>

#include "parser/build_information.h"
#include "storage/build_information.h"

namespace dossier {

std::string_view version() {
    return DOSSIER_VERSION;
}

std::string build_information() {
    return fmt::format("dossier {}\n{}{}fmt {}.{}.{}\nICU {}\nBoost {}.{}.{}\n{}\n",
                       DOSSIER_VERSION, storage::build_information(), parser_build_information(),
                       FMT_VERSION / 10000, FMT_VERSION / 100 % 100, FMT_VERSION % 100,
                       U_ICU_VERSION, BOOST_VERSION / 100000, BOOST_VERSION / 100 % 1000,
                       BOOST_VERSION % 100, OpenSSL_version(OPENSSL_VERSION));
}

}  // namespace dossier
