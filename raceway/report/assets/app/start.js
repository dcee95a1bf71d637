"use strict";
raceway.frame.start();
