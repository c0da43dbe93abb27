import CHiredis
import NIOSSL
