# HF/STO-3G

hydrogen peroxide

0 1
O
O 1 roo
H 1 roh 2 a
H 2 roh 1 a 3 d

roo=1.45
roh 0.97
a=100.0
d=-115.0

--Link1--
# HF/STO-3G geom=check

next

0 1

