// The words of bench.html in both languages. Holds no figure.

const en = {
  title: 'How fast is the lab on this machine?',
  lead: 'Every row below is work that the lab does: whole training steps, Batch Normalization alone, a histogram. It is '
    + 'run here, in your browser, by the lab’s own WebAssembly in up to three builds, beside plain JavaScript on typed '
    + 'arrays that was written with equal care.',
  start: 'Start',
  stop: 'Stop',
  copy: 'Copy as CSV',
  copied: 'Copied',
  copyFailed: 'The browser did not allow it',
  idle: 'Takes about a minute. Other programs and tabs disturb the figures.',
  running: 'Measuring {row}…',
  stopped: 'Stopped. Figures so far stand below.',
  finished: 'Finished. Medians of {runs} runs each.',
  failed: 'This cannot run here: {why}',
  table: 'Microseconds for one call; less is faster',
  work: 'work',
  js: 'plain JS',
  scalar: 'scalar',
  simd128: 'SIMD',
  relaxed: 'relaxed SIMD',
  runs: 'runs',
  ratio: 'plain JS ÷ best',
  chart: 'The same as bars, on a logarithmic scale',
  missing: 'this browser cannot run it',
  roofs: 'What this machine can do at best',
  roofsLead: 'Measured in the same run: products and sums that never leave the registers, in billions a second; and arrays '
    + 'of three sizes, read / copied. Under a figure above stands its rate and its share of the lower of its two roofs.',
  build: 'build',
  peak: 'the machine’s peaks',
  walks: 'its walks',
  lab: 'Back to the lab',
  notes: 'How it is measured',
  noteTime: 'A run lasts at least 20 ms and is repeated; the contenders take turns. The figure is the median. One thread, f32.',
  noteLayout: 'Inputs are brought into the lab’s layout (all rows of a feature side by side) once, before the clock starts; '
    + 'plain JavaScript works on the same layout. A training step does include turning its batch round.',
  noteCost: 'Operations and bytes are counted from the shapes: of a training step only the products of its layers and their '
    + 'gradients, so its share is a lower bound. A share over 100\u202f% of the memory’s means that a cache helped.',
  noteWalks: 'Batch Normalization cannot do without five walks: x for the mean, x for the variance, x to x̂ and y, d_y with x̂ for '
    + 'the sums, d_y with x̂ to d_x. “1.2× its walks” is its time divided by that of these walks with hardly any arithmetic.',
  noteSame: 'The lab’s columns are the same kernels and the same training step as in the lessons, in modules of their own.',
  notePlayground: 'train/playground is a network without Batch Normalization; its plain JavaScript is one object for each '
    + 'unit and weight, one sample after the other, as in TensorFlow Playground.',
  rows: {
    'train/mlp_a': '2-16-16-16-1, tanh, batch 32: one step',
    'train/mlp_b': '64-100-100-100-10, sigmoid, batch 60: one step',
    'train/mlp_b_relu': '64-100-100-100-10, ReLU, batch 60: one step',
    'train/cnn_c': 'two 3×3 convolutions on 8×8, batch 32: one step',
    'bn_fwdbwd/256x64': 'Batch Normalization, forward and backward',
    'bn_fwdbwd/4096x256': 'Batch Normalization, forward and backward',
    'bn_fwdbwd/64x32x28x28': 'Batch Normalization of images, forward and backward',
    'bn_infer/4096x256': 'Batch Normalization in inference',
    'hist/100000x64': 'least, greatest and 64 bins of 100 000 values',
    'train/playground': '2-16-16-16-1 without normalization, batch 32: one step',
  },
};

const zh = {
  title: '实验室在这台机器上有多快？',
  lead: '下表每一行都是实验室要做的工作：完整的训练步、单独的批量归一化、直方图。它们就在你的浏览器里运行：实验室自己的 '
    + 'WebAssembly（最多三种版本），旁边是同样用心编写的纯 JavaScript（类型化数组）。',
  start: '开始',
  stop: '停止',
  copy: '复制为 CSV',
  copied: '已复制',
  copyFailed: '浏览器不允许复制',
  idle: '大约需要一分钟。其他程序和标签页会影响结果。',
  running: '正在测量 {row}……',
  stopped: '已停止。已有的结果在下面。',
  finished: '完成。每项取 {runs} 次的中位数。',
  failed: '无法在这里运行：{why}',
  table: '每次调用的微秒数，越小越快',
  work: '工作',
  js: '纯 JS',
  scalar: '标量',
  simd128: 'SIMD',
  relaxed: '宽松 SIMD',
  runs: '次数',
  ratio: '纯 JS ÷ 最快',
  chart: '同样的数据，对数坐标',
  missing: '此浏览器无法运行',
  roofs: '这台机器的极限',
  roofsLead: '在同一次运行中测得：只在寄存器中进行的乘加运算（每秒十亿次），以及三种大小的数组的读取 / 复制速度。上表每个数字下面是它的速率，'
    + '以及占两个上限中较低者的百分比。',
  build: '版本',
  peak: '机器的极限',
  walks: '遍历',
  lab: '返回实验室',
  notes: '测量方法',
  noteTime: '每次至少运行 20 毫秒并重复多次，各版本轮流进行，取中位数。单线程，f32。',
  noteLayout: '计时之前，输入先转换成实验室的布局（同一特征的所有行相邻）；纯 JavaScript 使用同样的布局。训练步则包含对批次的转置。',
  noteCost: '运算次数和字节数由形状算出：训练步只计各层的乘积及其梯度，因此百分比是下限。内存百分比超过 100\u202f% 说明缓存起了作用。',
  noteWalks: '批量归一化至少需要五次遍历：读 x 求均值，读 x 求方差，由 x 写出 x̂ 和 y，读 d_y 与 x̂ 求两个和，由 d_y 与 x̂ 写出 d_x。'
    + '“1.2× 遍历”是它的时间与几乎不含运算的这五次遍历的时间之比。',
  noteSame: '实验室各列与课程使用相同的内核和相同的训练步，只是编译成单独的模块。',
  notePlayground: 'train/playground 是没有批量归一化的网络；它的纯 JavaScript 与 TensorFlow Playground 一样：每个单元和权重一个对象，逐个样本处理。',
  rows: {
    'train/mlp_a': '2-16-16-16-1，tanh，批量 32：一步',
    'train/mlp_b': '64-100-100-100-10，sigmoid，批量 60：一步',
    'train/mlp_b_relu': '64-100-100-100-10，ReLU，批量 60：一步',
    'train/cnn_c': '8×8 上的两层 3×3 卷积，批量 32：一步',
    'bn_fwdbwd/256x64': '批量归一化，前向与反向',
    'bn_fwdbwd/4096x256': '批量归一化，前向与反向',
    'bn_fwdbwd/64x32x28x28': '图像的批量归一化，前向与反向',
    'bn_infer/4096x256': '推理时的批量归一化',
    'hist/100000x64': '100 000 个值的最小值、最大值与 64 个区间',
    'train/playground': '2-16-16-16-1，无归一化，批量 32：一步',
  },
};

/** `en` or `zh-Hans`, from the address (`?lang=`) or the browser. */
export function chooseLanguage() {
  const asked = new URLSearchParams(location.search).get('lang') ?? navigator.language;
  return asked.startsWith('zh') ? 'zh-Hans' : 'en';
}

/** Tells of every language that the reader chooses; the address keeps it. */
export function onLanguage(hear) {
  for (const choice of document.querySelectorAll('[name="lang"]')) {
    choice.addEventListener('change', () => {
      const address = new URL(location.href);
      address.searchParams.set('lang', choice.value);
      history.replaceState(null, '', address);
      hear(choice.value);
    });
  }
}

export const textsOf = (language) => (language === 'zh-Hans' ? zh : en);

/** Shows the words that are the same in every state of a page, and which language is chosen. */
export function showTexts(language, texts) {
  document.documentElement.lang = language;
  document.title = `${texts.title} · batchnorm-lab`;
  for (const place of document.querySelectorAll('[data-text]')) place.textContent = texts[place.dataset.text];
  for (const choice of document.querySelectorAll('[name="lang"]')) choice.checked = choice.value === language;
}

export const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
