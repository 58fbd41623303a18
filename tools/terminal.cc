#include "tools/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

namespace entente::tools {

size_t TerminalColumns(int descriptor) {
  winsize size;
  const bool known = isatty(descriptor) != 0 && ioctl(descriptor, TIOCGWINSZ, &size) == 0;
  return known ? size.ws_col : 0;
}

}  // namespace entente::tools
