// ENTENTE_EXPORT marks what libentente.so offers to programs; everything else stays inside.
#pragma once

#define ENTENTE_EXPORT __attribute__((visibility("default")))
