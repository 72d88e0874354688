#include "parser/build_information.h"

#include <expat.h>
#include <zlib.h>

#include <tao/pegtl/version.hpp>

namespace dossier {

std::string parser_build_information() {
    return "PEGTL " TAO_PEGTL_VERSION "\n" + ("expat " + std::to_string(XML_MAJOR_VERSION)) + "." +
           std::to_string(XML_MINOR_VERSION) + "." + std::to_string(XML_MICRO_VERSION) + "\nzlib " +
           zlibVersion() + "\n";
}

}  // namespace dossier
