"""The private check: two parties learn which of their activities may collide and show each other none.

Each multiplies hashes of its keys by a scalar of its own and sends the products; each multiplies what the other sent; what went through both hands is equal where
the keys were. Here are the sums only: no message is sent, nothing is kept, no random byte is drawn. Both sides hold the same caps, one for each bucket of keys,
and every message is as long as their sum, whatever it stands for. Work comes in pieces that any process can do and that give the same in any order.

What both learn and what neither does: docs/spec/deconfliction.md. What it is built on: docs/adr/0014.
"""
