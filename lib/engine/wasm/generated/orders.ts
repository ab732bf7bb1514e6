/** The orders of fields and arguments in assembly/; written by build.mjs. */

export const structs = {
  SpikeSource: ['codes','channels','stepBytes','spikeValues','codeValues','thresholdCount'],
  Run: ['starts','span','weights'],
  Geometry: ['gridHeight','gridWidth','inputHeight','inputWidth','channelsIn','padding','paddedWidth','inputStep','reach','outputStep','outputWidth','channelsOut','bandRows','bands','groupBlocks','groups','phases'],
  Phase: ['offsetY','offsetX','firstTap','taps','runs'],
  Tap: ['row','column','count'],
  GradientPlan: ['height','width','channelsIn','channelsOut','taps','input','inputRows','inputColumns','gradient','gradientRows','gradientColumns','gradientStep','bandRows'],
  Population: ['dynamics','leak','hardReset','thresholds','thresholdCount','spikeValues','height','width','channels','membrane','levelBytes','codes','stepBytes','currentSum','flow','spikeCount','totals','windowTop','windowBottom','windowLeft','windowRight'],
  Packing: ['geometry','order','channelsIn','channelsOut','block','exchanged','first','firstPadded','second','secondPadded'],
  SpikingLayer: ['geometry','sources','sourceCount','weights','bias','population','steps','dense'],
  Band: ['first','end','firstBlock','endBlock','step','second','runs','offsets','current','secondCurrent','input'],
} as const;

export const kernelArguments = {
  denseConvolution: ['geometry','out','input','weights','bias','scratch','scratchSize'],
  eventConvolution: ['geometry','out','input','weights','bias','scratch','scratchSize'],
  packChannels: ['packed','x','height','width','channels','block','padding','rows','columns'],
  weightGradient: ['gradWeight','plan','group','scratch','scratchSize'],
  biasGradient: ['gradBias','gradOut','pixels','channels'],
  softmaxCrossEntropy: ['gradLogits','losses','logits','labels','pixels','counted','classes','chunk','scratch','scratchSize'],
  l1Loss: ['gradient','total','prediction','target','count'],
  adam: ['weight','moment1','moment2','gradient','scalars','count','chunk'],
  rmsprop: ['weight','squareAverage','momentumBuffer','gradient','scalars','count','chunk'],
  packWeights: ['packed','weights','packing'],
  relu: ['out','input','count','chunk'],
  reluGradient: ['gradInput','gradOut','gate','count','chunk'],
  addInto: ['sum','part','count','chunk'],
  divideBy: ['values','divisorBits','count','chunk'],
  copyChannels: ['out','outChannels','first','input','inputChannels','fromFirst','channels','pixels','chunk'],
  averagePool: ['out','input','height','width','channels','chunk'],
  averagePoolGradient: ['gradInput','gradOut','height','width','channels','chunk'],
  spikingConvolution: ['layer','scratch','scratchSize'],
  spikingInput: ['population','current','steps','rows'],
  spikingPooling: ['population','source','steps','rows','scratch','scratchSize'],
} as const;
